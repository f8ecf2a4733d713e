import{A as G,B as V,C as M,D as J,E as K,d as c,e as a,f as l,i as u,j as m,k as f,l as w,m as B,n as b,o as g,p as v,q as F,r as x,s as p,t as E,u as P,w as T,y as $,z as O}from"./chunk-DDJO7SHB.js";var Z=c`:host{container:record / inline-size}h2:focus,.question:focus{outline:none}h2{font-size:1.25rem;overflow-wrap:anywhere}h3{font-size:1.0625rem}form{margin-block-start:.75rem}.group{display:grid;gap:1rem 2rem;margin-block-start:.25rem;padding-block-start:1.25rem;border-block-start:1px solid var(--_line)}.group>div{display:grid;align-content:start;gap:1rem;min-inline-size:0}.with{display:flex;flex-wrap:wrap;align-items:center;gap:.5rem}.with input{flex:1 1 14.5rem;min-inline-size:0}.switch{justify-content:space-between;gap:1rem;justify-self:stretch;font-weight:600}@media not (forced-colors:active){[role=switch]{flex:none;appearance:none;inline-size:2.75rem;block-size:1.5rem;margin:0;padding:3px;border-radius:1rem;background:var(--_field-line);cursor:pointer}[role=switch]:before{content:"";display:block;block-size:100%;aspect-ratio:1;border-radius:50%;background:var(--_surface);transition:margin .15s}[role=switch]:checked{background:var(--_accent)}[role=switch]:checked:before{margin-inline-start:1.25rem}}.actions>:first-child{margin-inline-end:auto}@container record (min-width: 44rem){.group{grid-template-columns:13rem minmax(0,1fr)}}`;function H(n){if(!n.theirs)return l;let t=JSON.parse(n.untouched),e=n.bodyOf(n.draftOf(n.theirs.body)),i=Object.keys(e).filter(r=>JSON.stringify(e[r])!==JSON.stringify(t[r])).map(r=>n.labels[r]).join(", ");return a`<div class="notice question" role="alertdialog" tabindex="-1" aria-labelledby="theirs">
<span id="theirs"
>Somebody else has changed ${n.noun} meanwhile${i?`: ${i}`:""}. What you wrote is still here, and not
saved.</span
>
<span class="row">
<button type="button" @click=${n.useTheirs}>Load theirs</button>
<button type="button" @click=${n.useMine}>Save mine instead</button>
</span>
</div>`}function k(n){return n.slice(1).replaceAll("/","-")}function S(n){return n.target.value}function Y(n){return`${/^["A-Z]/.test(n)?"":"This "}${n}.`}var y=class extends u{static properties={problem:{state:!0},faults:{state:!0},busy:{state:!0},theirs:{state:!0},said:{state:!0}};static styles=[m,f,B,b,g,w,J,Z];noun="";announced="";labels={};blank={};constructor(){super(),this.draft=null,this.untouched="",this.etag=null,this.problem=null,this.faults={},this.busy="",this.theirs=null,this.said="",this.isNew=!1,this.focusOn="",this.asking=new AbortController,this.leaving=new M(this)}get path(){return""}draftOf(t){return structuredClone(t)}bodyOf(t){return t}checked(){return{}}connectedCallback(){super.connectedCallback(),this.hasUpdated&&!this.draft&&this.load()}willUpdate(t){let e=this.hasOtherToken(t)&&!this.unsent;(!this.hasUpdated||t.has("api")||t.has("clientId")||e)&&this.load()}updated(){if(!this.focusOn)return;let t=this.renderRoot.querySelector(this.focusOn),e=t?.closest("details");e&&(e.open=!0),t?.focus(),this.focusOn=""}get unsent(){return this.draft!==null&&(this.busy==="saving"||this.content!==this.untouched)}get content(){return JSON.stringify(this.bodyOf(this.draft))}mayLeave(){return this.unsent?(this.focusOn="#keep",this.leaving.ask()):Promise.resolve(!0)}leave(t){this.leaving.settle(t),this.focusOn="h2",t&&(this.untouched=this.content)}load=async()=>{this.asking.abort(),this.asking=new AbortController;let t=AbortSignal.any([this.asking.signal,this.untilRemoved.signal]);this.draft=null,this.problem=null,this.said="",this.busy="loading";try{let e=await this.client.read(this.path,{signal:t});t.aborted||this.#e(e)}catch(e){let s=this.problemOf(e);if(t.aborted)return;s?.status===404?this.#e({body:this.blank,etag:null}):this.problem=s,this.isNew=this.draft!==null}finally{t.aborted||(this.busy="")}};#t=()=>{this.focusOn="h2",this.load()};#e({body:t,etag:e}){this.draft=this.draftOf(t),this.untouched=this.content,this.etag=e,this.isNew=!1,this.faults={},this.theirs=null}write(t=""){let e=s=>s===t||s.startsWith(`${t}/`);this.faults=Object.fromEntries(Object.entries(this.faults).filter(([s])=>!e(s))),this.problem=null,this.said="",this.requestUpdate()}save=async t=>{if(t?.preventDefault(),this.busy||this.theirs||(this.#o(this.checked()),Object.keys(this.faults).length>0))return;let{signal:e}=this.asking,s=this.bodyOf(this.draft),i=JSON.stringify(s);this.busy="saving",this.problem=null,this.said="Saving…";try{let r=await this.client.put(this.path,s,{ifMatch:this.etag,isNew:this.isNew});e.aborted||this.#s(r,i)}catch(r){e.aborted||await this.#i(r,i)}finally{e.aborted||(this.busy="")}};#s(t,e){this.content===e?this.#e(t):(this.untouched=e,this.etag=t.etag),this.said="Saved.",this.unsent||this.leaving.settle(!0),this.announce("saved",{[this.announced]:t.body})}async#i(t,e){this.said="";try{let s=this.problemOf(t);if(s?.status===412){let i=await this.client.read(this.path,{signal:this.untilRemoved.signal});JSON.stringify(this.bodyOf(this.draftOf(i.body)))===e?this.#s(i,e):this.theirs=i,this.focusOn=".question"}else this.problem=s,s&&this.#n(s.errors)}catch(s){this.problem=this.problemOf(s)}}#n(t){let e=t.filter(({pointer:s})=>this.renderRoot.querySelector(`[data-field="${CSS.escape(s)}"]`));this.#o(Object.fromEntries(e.map(({pointer:s,detail:i})=>[s,Y(i)]))),t.length>0&&e.length===t.length&&(this.problem=null)}#o(t){this.faults=t,this.said="";let s=[...this.renderRoot.querySelectorAll("[data-field]")].find(i=>t[i.dataset.field??""]);s&&(this.focusOn=`#${s.id}`)}useTheirs=()=>{this.theirs&&this.#e(this.theirs),this.said="This is what the other person saved.",this.focusOn="h2"};useMine=()=>{this.etag=this.theirs?.etag??null,this.isNew=!1,this.theirs=null,this.focusOn=".actions .primary",this.save()};notes(t,e=""){let s=k(t);return a`<p class="error" id="${s}-error" ?hidden=${!this.faults[t]}>${this.faults[t]}</p>
<p class="hint" id="${s}-hint" ?hidden=${!e}>${e}</p>`}input(t,e,s,i,{type:r="text",inputmode:o,hint:d,list:h,after:mt=l}={}){let A=k(t);return a`<div class="field">
<label for=${A}>${e}</label>
<span class="with"
><input
id=${A}
data-field=${t}
type=${r}
list=${h??l}
max=${r==="datetime-local"?"2999-12-31T23:59":l}
autocomplete="off"
inputmode=${o??l}
autocapitalize=${o?"none":l}
aria-describedby="${A}-error ${A}-hint"
aria-invalid=${this.faults[t]?"true":"false"}
.value=${T(s)}
@input=${pt=>{i(S(pt)),this.write(t)}}
/>${mt}</span
>
${this.notes(t,d)}
</div>`}switch(t,e,s,i,r){let o=k(t);return a`<div class="field">
<label class="check switch">
${e}
<input
id=${o}
data-field=${t}
type="checkbox"
role="switch"
aria-describedby="${o}-error ${o}-hint"
.checked=${T(s)}
@change=${d=>{i(d.target.checked),this.write(t)}}
/>
</label>
${this.notes(t,r)}
</div>`}#a(){return a`<form novalidate @submit=${this.save}>
${this.leaving.view("These changes are not saved. Discard them?","Keep editing","Discard")} ${H(this)}
${this.fields()}
<div class="actions">
${this.problem?p(this.problem):l}
<span role="status" class="muted">${this.said}</span>
${this.unsent&&!this.busy?a`<span class="muted">Not saved yet</span>`:l}
<button type="submit" class="primary" aria-disabled=${this.busy!==""||this.theirs!==null}>Save</button>
</div>
</form>`}fields(){return l}heading(){return this.noun}render(){return a`<h2 tabindex="-1">${this.heading()}</h2>
${this.draft?this.#a():this.problem?p(this.problem,this.#t):K}`}};var N={invited_at:"Invited",accepted_at:"Accepted",login_created_at:"Login created"},ft=7*864e5,bt=3250368e7;function X({invited_at:n,accepted_at:t,login_created_at:e},s){return n?t?e?"ready":"no_login":s-Date.parse(n)<ft?"pending":"expired":"uninvited"}function Q(n,t){return n?et(new Date(n),t).slice(0,16):""}function tt(n,t){let e=Date.parse(`${n}Z`);if(!(e<bt))return null;let s=e;for(let i=0;i<2;i+=1)s+=e-Date.parse(`${et(new Date(s),t)}Z`);return new Date(s).toISOString()}function et(n,t){return new Intl.DateTimeFormat("sv",{timeZone:t,dateStyle:"short",timeStyle:"medium"}).format(n).padStart(19,"0").replace(" ","T")}var gt={uninvited:["Not invited","hand",""],pending:["Invitation pending since","queued","deferred"],expired:["Invitation expired","delayed","bounced"],no_login:["No login yet","queued","deferred"],ready:["Gets automatic e-mails","delivered","opened"]},yt=Object.keys(N),st=0,C=class extends y{static properties={clientId:{attribute:!1}};static styles=[...y.styles,c`.people{border:1px solid var(--_line);border-radius:var(--_radius)}.people>li{padding:.375rem 1rem}.people>li+li{border-block-start:1px solid var(--_line)}.who{display:inline-flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:.25rem 1rem;inline-size:calc(100% - 1.25rem);min-block-size:2.5rem;vertical-align:middle;overflow-wrap:anywhere}div.who{inline-size:100%;padding-inline-start:1.25rem}.person{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,15rem),1fr));gap:.75rem 1rem;align-items:start;padding-block:.5rem 1rem}.remove{align-self:end;justify-self:start}.add{justify-self:start}`];labels={name:"Name",email:"E-mail addresses",contacts:"Contacts",open_tracking:"Tracking"};announced="client";noun="this client";blank={name:null,email:"",contacts:[],open_tracking:"individual"};constructor(){super(),this.clientId=""}get path(){return`v1/clients/${encodeURIComponent(this.clientId)}`}draftOf({name:t,email:e,contacts:s,open_tracking:i}){let r=this.draft?.contacts??[],o=s.map((d,h)=>({...d,key:r[h]?.key??(st+=1)}));return{name:t??"",chips:G(e),contacts:o,open_tracking:i}}bodyOf({name:t,chips:e,contacts:s,open_tracking:i}){return{name:t.trim()||null,email:e.map(({text:r})=>r.trim()).join("; "),contacts:s.map(({key:r,...o})=>({...o,address:o.address.trim(),name:o.name?.trim()||null})),open_tracking:i}}get unsent(){return super.unsent||(this.#t?.pending??!1)}get#t(){return this.renderRoot?.querySelector("invoice-email-address-field")??null}checked(){this.#t?.commit();let{chips:t,contacts:e}=this.draft,s={};return t.some(({fault:i})=>i)&&(s["/email"]="Put right or remove what is marked."),e.forEach(({address:i},r)=>{let[o,d]=$(i);(!o||d||o.fault)&&(s[`/contacts/${r}/address`]="Give one address, such as ann@example.com.")}),s}heading(){return a`Client <bdi>${this.clientId}</bdi>`}#e(t,e){let s=st+=1,i=this.draft.contacts.push({address:t,name:e,invited_at:null,accepted_at:null,login_created_at:null,key:s})-1;this.write("/contacts"),this.focusOn=`#contacts-${i}-${t?"invited_at":"address"}`}#s(t){this.draft.contacts.splice(t,1),this.write("/contacts"),this.said="Removed.",this.focusOn=".add"}#i(t,e=null){let[s,i,r]=gt[t],o=t==="pending"?this.times.element(e,"date"):l;return a`<span class="chip ${r}" part="chip">${v(i)}<span>${s} ${o}</span></span>`}#n(t,e,s){let i=`/contacts/${e}`,[r]=$(t.address),o=t.address===""||s.has(O(r?.address??"")),d=X(t,Date.now());return a`<li>
<details>
<summary>
<span class="who">
<span>
${t.name?a`<strong><bdi>${t.name}</bdi></strong> `:l}${t.address?x(t.address):t.name?l:"New contact"}
</span>
<span class="row">
${o?l:a`<span class="hint">Not among the addresses above</span>`}
${o||d!=="ready"?this.#i(d,t.invited_at):l}
</span>
</span>
</summary>
<div class="person">
${this.input(`${i}/address`,"Address",t.address,h=>t.address=h,{inputmode:"email"})}
${this.input(`${i}/name`,"Name",t.name??"",h=>t.name=h)}
${yt.map(h=>this.#o(t,h,`${i}/${h}`))}
<button type="button" class="remove" @click=${()=>this.#s(e)}>
${v("close")}Remove<span class="unseen"> ${t.address}</span>
</button>
</div>
</details>
</li>`}#o(t,e,s){let{timezone:i}=this.times,r=t[e],o=()=>{t[e]=r?null:new Date().toISOString(),this.write(s)};return this.input(s,N[e],Q(r,i),d=>t[e]=tt(d,i),{type:"datetime-local",after:a`<button type="button" aria-label="${N[e]}: ${r?"clear":"now"}" @click=${o}>
${r?"Clear":"Now"}
</button>`})}#a(){let{chips:t,contacts:e}=this.draft,s=new Set(t.map(({address:o})=>O(o))),i=new Set(e.flatMap(({address:o})=>$(o).map(d=>O(d.address)))),r=t.filter(({address:o,fault:d})=>!d&&!i.has(O(o)));return a`<div class="group">
<h3>Contacts</h3>
<div>
<p class="hint">
Automatic e-mails go to those of the addresses whose owner was invited, accepted and has a login. Times in
${this.times.timezone}.
</p>
${e.length+r.length>0?a`<ul class="people">
${E(e,({key:o})=>o,(o,d)=>this.#n(o,d,s))}
${r.map(o=>a`<li>
<div class="who">
<span>${o.name?a`<strong><bdi>${o.name}</bdi></strong> `:l}${x(o.address)}</span>
<span class="row">
${this.#i("uninvited")}
<button type="button" @click=${()=>this.#e(o.address,o.name)}>
Add<span class="unseen"> ${V(o)} as a contact</span>
</button>
</span>
</div>
</li>`)}
</ul>`:l}
<button type="button" class="add" @click=${()=>this.#e("",null)}>Add a contact</button>
</div>
</div>`}fields(){let{name:t,chips:e,open_tracking:s}=this.draft;return a`${this.isNew?a`<p class="notice">There is no such client yet. Saving creates it.</p>`:l}
<div class="group">
<h3>Client</h3>
<div>
${this.input("/name","Name",t,i=>this.draft.name=i)}
<invoice-email-address-field
id="email"
data-field="/email"
label="E-mail addresses"
hint="Several addresses separated by semicolons"
.chips=${e}
.problem=${this.faults["/email"]??""}
@change=${i=>{this.draft.chips=i.detail,this.write("/email")}}
></invoice-email-address-field>
</div>
</div>
${this.#a()}
<div class="group">
<h3>Tracking</h3>
<div>${this.switch("/open_tracking","Track opens and clicks in this client’s e-mails",s!=="off",i=>this.draft.open_tracking=i?"individual":"off","Off, nobody sees opens and clicks of later e-mails to this client. Where the settings have open tracking off, it is off for every client.")}</div>
</div>`}};customElements.get("invoice-email-client-form")??customElements.define("invoice-email-client-form",C);var vt=50,z=class extends u{static properties={rows:{state:!0},cursor:{state:!0},busy:{state:!0},problem:{state:!0}};static styles=[m,f,b,g,w,c`:host{container:clients / inline-size}h2{font-size:1.25rem}h2:focus{outline:none}form{max-inline-size:26rem;margin-block:.5rem 1rem}.row input{flex:1}li{border-block-start:1px solid var(--_line)}li button{display:grid;justify-content:stretch;inline-size:100%;gap:0 1rem;padding:.5rem;border:0;border-radius:0;text-align:inherit;overflow-wrap:anywhere}.name{color:var(--_accent);font-weight:600}.more{margin-block-start:1rem}@container clients (min-width: 40rem){li button{grid-template-columns:2fr 1fr 3fr}}`];constructor(){super(),this.rows=[],this.cursor=void 0,this.busy=!1,this.problem=null,this.asking=new AbortController}connectedCallback(){super.connectedCallback(),this.hasUpdated&&this.cursor===void 0&&this.#t()}willUpdate(t){this.hasUpdated&&!t.has("api")&&!this.hasOtherToken(t)||(this.rows=[],this.cursor=void 0,this.#t())}#t=async()=>{this.asking.abort(),this.asking=new AbortController;let t=AbortSignal.any([this.asking.signal,this.untilRemoved.signal]);this.busy=!0,this.problem=null;try{let e=await this.client.get("v1/clients",{limit:vt,cursor:this.cursor},{signal:t});if(t.aborted)return;this.rows=[...this.rows,...e.rows],this.cursor=e.next_cursor}catch(e){let s=this.problemOf(e);t.aborted||(this.problem=s)}finally{t.aborted||(this.busy=!1)}};#e(t){this.announce("client",{client:t})&&this.dispatchEvent(new CustomEvent("open",{detail:t}))}#s(t){t.preventDefault();let e=this.renderRoot.querySelector("input"),s=(e?.value??"").trim();/^\.{0,2}$/.test(s)?e?.focus():this.#e(s)}render(){return a`<h2 tabindex="-1">Clients</h2>
<form @submit=${this.#s}>
<div class="field">
<label for="id">Client’s id in your portal</label>
<span class="row"><input id="id" autocomplete="off" spellcheck="false" /><button type="submit">Open</button></span>
</div>
</form>
<ul aria-busy=${this.busy} aria-label="Clients">
${this.rows.map(({client:t,name:e,email:s})=>a`<li>
<button type="button" @click=${()=>this.#e(t)}>
<bdi class="name">${e||t}</bdi><bdi class="muted">${t}</bdi><bdi>${s}</bdi>
</button>
</li>`)}
</ul>
${this.problem?p(this.problem,this.#t):l}
<p class="muted" role="status">
${this.busy?"Loading…":""}
${this.rows.length===0&&this.cursor===null?"No clients yet. Opened by its id, one can be created.":""}
</p>
${this.cursor&&!this.problem?a`<button type="button" class="more" aria-disabled=${this.busy} @click=${this.#t}>Show more</button>`:l}`}};customElements.get("invoice-email-client-list")??customElements.define("invoice-email-client-list",z);var R=new Map,I=class extends u{static properties={address:{attribute:!1},hint:{state:!0}};static styles=[m];constructor(){super(),this.address="",this.hint=null}willUpdate(t){(t.has("address")||t.has("api")||this.hasOtherToken(t))&&this.#t(this.address)}async#t(t){this.hint=null;let e=t.slice(t.lastIndexOf("@")+1).toLowerCase();try{let{client:s}=this,i=typeof s.token=="function"?await s.token():s.token,r=`${s.base} ${i} ${e}`;R.has(r)||R.set(r,s.get(`v1/domains/${encodeURIComponent(e)}`).then(({hint:d})=>d));let o=await R.get(r);t===this.address&&(this.hint=o??null)}catch{}}updated(){this.hidden=!this.hint}render(){return this.hint?a`${v("info")} <bdi>${this.hint}</bdi>`:l}};customElements.get("invoice-email-domain-hint")??customElements.define("invoice-email-domain-hint",I);var wt=5*6e4,L=class extends u{static properties={invoice:{},send:{},busy:{state:!0},problem:{state:!0},said:{state:!0}};static styles=[m,f,b,g,c`:host{display:contents}.content,ul{display:grid;gap:.75rem}ul{gap:.25rem;padding-inline-start:1.25rem;list-style:disc}.row{display:flex;flex-wrap:wrap;gap:.5rem}[role=status]{min-block-size:1.45em;overflow-wrap:anywhere}`];constructor(){super(),this.invoice="",this.send="",this.busy="",this.problem=null,this.format="html",this.said=""}async#t(t){if(!this.busy){this.format=t,this.busy=t,this.problem=null,this.said="Loading…";try{let e=`v1/invoices/${encodeURIComponent(this.invoice)}/emails/${encodeURIComponent(this.send)}/proof`,{signal:s}=this.untilRemoved,i=t==="html",r=i?(await this.client.text(e,{format:t},{signal:s})).text:`${JSON.stringify(await this.client.get(e,{},{signal:s}),null,2)}
`,o=`invoice-${this.invoice.replaceAll(/[^\w.-]+/g,"-")}-proof.${t}`;$t(new Blob([r],{type:i?"text/html":"application/json"}),o),this.said=`Saved as ${o}.`}catch(e){this.said="",this.problem=this.problemOf(e)}finally{this.busy=""}}}#e(t,e,s){return a`<button
type="button"
class=${s}
?data-autofocus=${t==="html"}
aria-disabled=${this.busy!==""}
@click=${()=>this.#t(t)}
>
${v("download")}${e}
</button>`}#s=()=>{this.renderRoot.querySelector(`button.${this.format==="html"?"primary":"data"}`)?.focus(),this.#t(this.format)};render(){return a`<invoice-email-dialog
exportparts="dialog"
heading="Proof of sending"
@close=${()=>this.dispatchEvent(new CustomEvent("close"))}
>
<div class="content">
<p>What is recorded of this e-mail, to be kept or handed on:</p>
<ul>
<li>what was sent, when, by whom and to whom;</li>
<li>what the recipients’ mail servers answered;</li>
<li>opens and clicks, and why each is taken for a person’s or a machine’s.</li>
</ul>
<p class="muted">It shows what was sent and what became of it. That somebody has read it, nothing proves.</p>
${this.problem?p(this.problem,this.#s):l}
<div class="row">
${this.#e("html","Save as a page to print","primary")} ${this.#e("json","Save as data (JSON)","data")}
</div>
<p class="muted" role="status">${this.said}</p>
</div>
</invoice-email-dialog>`}};function $t(n,t){let e=document.createElement("a");e.href=URL.createObjectURL(n),e.download=t,e.click(),setTimeout(()=>URL.revokeObjectURL(e.href),wt)}customElements.get("invoice-email-proof")??customElements.define("invoice-email-proof",L);var U=class extends u{static properties={fault:{state:!0},asked:{state:!0},busy:{state:!0},problem:{state:!0},said:{state:!0}};static styles=[m,f,b,g,w,c`h4{margin:0;font-size:1rem}form{gap:.5rem}.row input{flex:1 1 14.5rem;inline-size:auto;min-inline-size:0}.content,.content ul{display:grid;gap:.75rem;overflow-wrap:anywhere}.content ul{gap:.25rem;padding-inline-start:1.25rem;list-style:disc}.content .row{justify-content:end}.grave{border-color:var(--_rejected);background:var(--_rejected-back);color:var(--_rejected)}.grave:hover{background:var(--_surface)}`];constructor(){super(),this.fault="",this.asked="",this.busy=!1,this.problem=null,this.said=""}get#t(){return this.renderRoot.querySelector("#address")}#e=t=>{t.preventDefault();let[e,s]=$(this.#t.value);this.said="",this.problem=null,this.fault=!e||s||e.fault?"Give one address, such as ann@example.com.":"",this.fault?this.#t.focus():this.asked=e.address};#s=()=>{this.fault="",this.said=""};#i=()=>{this.renderRoot.querySelector("invoice-email-dialog")?.close()};#n=()=>{this.asked=""};#o=async()=>{if(this.busy)return;let t=this.asked;this.busy=!0,this.problem=null;try{let e=await this.client.delete(`v1/recipients/${encodeURIComponent(t)}`);this.#a(e?`${t} is forgotten.`:`${t} is being forgotten. There is much to go through; it goes on by itself, also when you leave this page.`)}catch(e){let s=this.problemOf(e);s?.status===404?this.#a(`Nobody of the address ${t} is known, or no longer: there is nothing to forget.`):this.problem=s}finally{this.busy=!1}};#a(t){this.said=t,this.#t.value="",this.#i()}#r(){return this.asked?a`<invoice-email-dialog exportparts="dialog" heading="Forget this person?" @close=${this.#n}>
<div class="content">
<p><strong><bdi>${this.asked}</bdi></strong></p>
<p>What is deleted: this person’s name and address, wherever an e-mail to them is recorded.</p>
<p>
What stays: which invoices were e-mailed and when, their statuses and counts. In the place of the name and address stands one
that is nobody’s, such as forgotten-…@forgotten.invalid.
</p>
<p><strong>This cannot be undone.</strong> A proof that this person got an e-mail can no longer be given.</p>
${this.problem?p(this.problem):l}
<div class="row">
<button type="button" data-autofocus @click=${this.#i}>Keep</button>
<button type="button" class="grave" aria-disabled=${this.busy} @click=${this.#o}>
${this.busy?"Forgetting…":"Forget for good"}
</button>
</div>
</div>
</invoice-email-dialog>`:l}render(){return a`<form novalidate @submit=${this.#e}>
<h4>Forget a person</h4>
<div class="field">
<label for="address">Address of who asks to be forgotten</label>
<span class="row"
><input
id="address"
inputmode="email"
autocomplete="off"
autocapitalize="none"
spellcheck="false"
dir="ltr"
aria-describedby="error hint"
aria-invalid=${this.fault?"true":"false"}
@input=${this.#s}
/><button type="submit">Forget…</button></span
>
<p class="error" id="error" ?hidden=${!this.fault}>${this.fault}</p>
<p class="hint" id="hint">In all of your firm’s e-mails. You are asked once more before anything is deleted.</p>
</div>
<p role="status">${this.said}</p>
</form>
${this.#r()}`}};customElements.get("invoice-email-forget")??customElements.define("invoice-email-forget",U);var it="en-GB en-US en-AU en-CA en-IE en-IN en-ZA da-DK de-AT de-CH de-DE es-ES es-MX fi-FI fr-CA fr-CH fr-FR it-IT ja-JP nb-NO nl-BE nl-NL pl-PL pt-BR pt-PT sv-SE".split(" ");function j(n){return new Intl.DisplayNames("en",{type:"language"}).of(n)}function nt(n){try{let t=new Intl.NumberFormat(n,{style:"currency",currency:"EUR"}).format(1250),e=new Intl.DateTimeFormat(n,{timeZone:"UTC",dateStyle:"long"}).format(Date.UTC(2026,10,22));return`${j(n)}: ${t}, ${e}`}catch{return"A language and a country, such as en-GB."}}function ot(n){let[t,e,s]=[1,3,5].map(i=>{let r=Number.parseInt(n.slice(i,i+2),16)/255;return r<=.04045?r/12.92:((r+.055)/1.055)**2.4});return .2126*t+.7152*e+.0722*s>.179?"#000":"#fff"}var at={firm_name:null,from_name:null,reply_to:null,timezone:"UTC",locale:"en-GB",display_balances:!1,allow_account_history:!1,send_automatic_invoice_emails:!1,open_tracking:"individual",retention_days:null,payment_url:null,brand_color:null},_={firm_name:"Firm name",from_name:"Sender’s name",reply_to:"Reply-to",timezone:"Time zone",locale:"Language of amounts and dates",display_balances:"Display balances",allow_account_history:"Allow clients to view their account history?",send_automatic_invoice_emails:"Send automatic invoice notification emails?",open_tracking:"Open tracking",retention_days:"Keep details of opens and clicks for",payment_url:"Payment page’s address",brand_color:"Brand colour"},kt=[["display_balances","Clients see the remaining balance in e-mails and on the invoice’s page."],["allow_account_history","Signed-in clients see all their invoices, payments and the whole outstanding amount; otherwise only the linked invoice."],["send_automatic_invoice_emails","When an invoice is finalized, it is e-mailed at once to the client’s addresses whose owner was invited, accepted and has a login; others are skipped, and the history says why."]],_t={individual:"Each recipient’s opens and clicks are shown, but for clients with tracking off.",off:"Nobody sees opens and clicks of later e-mails."},rt=3650,xt="#1f5fbf",q=class extends y{static styles=[...y.styles,c`form{max-inline-size:52rem}.with [type=color]{flex:none;inline-size:3.5rem;padding:.125rem}.sample{padding:.375rem 1rem;border-radius:var(--_radius);font-weight:600}`];noun="the settings";announced="settings";labels=_;blank=at;get path(){return"v1/settings"}bodyOf(t){let e=Object.keys(at);return{...Object.fromEntries(e.map(i=>[i,t[i]===""?null:t[i]])),retention_days:lt(t.retention_days)}}checked(){let t=lt(this.draft.retention_days);return(typeof t=="number"?t>=1&&t<=rt:!t)?{}:{"/retention_days":`Give a whole number of days from 1 to ${rt}, or nothing.`}}heading(){return"Settings"}#t(t,e){this.draft[t]=e,this.write(`/${t}`)}#e(t,e){return this.input(`/${t}`,_[t],this.draft[t]??"",s=>this.draft[t]=s,e)}#s(t,e,s){let i=`/${t}`;return a`<div class="field">
<label for=${t}>${_[t]}</label>
<select
id=${t}
data-field=${i}
aria-describedby="${t}-error ${t}-hint"
aria-invalid=${this.faults[i]?"true":"false"}
@change=${r=>this.#t(t,S(r))}
>
${e.map(([r,o])=>a`<option value=${r} .selected=${r===this.draft[t]}>${o}</option>`)}
</select>
${this.notes(i,s)}
</div>`}#i(){let t=this.draft.brand_color,e="/brand_color",s=k(e);return a`<div class="field">
<label for=${s}>${_.brand_color}</label>
<span class="row with">
<input
id=${s}
data-field=${e}
type="color"
aria-describedby="${s}-error ${s}-hint"
aria-invalid=${this.faults[e]?"true":"false"}
.value=${t??xt}
@input=${i=>this.#t("brand_color",S(i))}
/>
<span>${t??"None"}</span>
${t?a`<button type="button" @click=${this.#n}>None</button>
<span class="sample" style=${P({background:t,color:ot(t)})}>View invoice</span>`:l}
</span>
${this.notes(e,"Of the e-mail’s button. Its text is black or white, whichever is easier to read.")}
</div>`}#n=()=>{this.#t("brand_color",null),this.focusOn="#brand_color"};fields(){let{timezone:t,locale:e,open_tracking:s,retention_days:i}=this.draft,r=[...new Set(["UTC",t,...Intl.supportedValuesOf("timeZone")])];return a`<div class="group">
<h3>For clients</h3>
<div>
${kt.map(([o,d])=>this.switch(`/${o}`,_[o],this.draft[o],h=>this.draft[o]=h,d))}
</div>
</div>
<div class="group">
<h3>Sender</h3>
<div>
${this.#e("firm_name")} ${this.#e("from_name")}
${this.#e("reply_to",{inputmode:"email",hint:"Where answers go: an address, or Name <address>."})}
</div>
</div>
<div class="group">
<h3>Language and time</h3>
<div>
${this.#e("locale",{list:"locales",hint:nt(e)})}
<datalist id="locales">
${it.map(o=>a`<option value=${o}>${j(o)}</option>`)}
</datalist>
${this.#s("timezone",r.map(o=>[o,o.replaceAll("_"," ")]))}
</div>
</div>
<div class="group">
<h3>E-mails</h3>
<div>
${this.#s("open_tracking",[["individual","Individual"],["off","Off"]],_t[s])}
${this.#e("payment_url",{inputmode:"url",hint:"{invoice} stands for the invoice’s id, such as https://pay.example.com/{invoice}."})}
${this.#i()}
</div>
</div>
<div class="group">
<h3>Data protection</h3>
<div>
${this.input("/retention_days",_.retention_days,String(i??""),o=>this.draft.retention_days=o,{inputmode:"numeric",after:a`<span>days</span>`,hint:"After so many days the details of opens and clicks are deleted: with which program, from which network, each single time. Statuses and counts stay. Empty: the details are kept."})}
<invoice-email-forget exportparts="problem, dialog" .connection=${this.connection}></invoice-email-forget>
</div>
</div>`}};function lt(n){if(typeof n!="string")return n;let t=n.trim();return t===""?null:/^\d+$/.test(t)?Number(t):t}customElements.get("invoice-email-settings-form")??customElements.define("invoice-email-settings-form",q);var dt=c`:host{container:suppressions / inline-size}.all{display:grid;gap:.75rem;min-inline-size:0}h2{font-size:1.25rem}h2:focus,tr:focus{outline:none}.about{max-inline-size:48rem}.choice{display:flex;flex-wrap:wrap}.choice button{border-radius:0}.choice button:first-child{border-start-start-radius:var(--_radius);border-end-start-radius:var(--_radius)}.choice button:last-child{margin-inline-start:-1px;border-start-end-radius:var(--_radius);border-end-end-radius:var(--_radius)}.choice [aria-pressed=true]{z-index:1;border-color:var(--_accent);background:var(--_raised);color:var(--_accent);font-weight:600}table{inline-size:100%;border-collapse:collapse;table-layout:fixed;line-height:1.35}thead th:nth-child(2){inline-size:20%}thead th:nth-child(4){inline-size:15%}thead th:is(:nth-child(3),:nth-child(5)){inline-size:18%}:is(th,td){padding:.5rem;border-block-end:1px solid var(--_line);font-weight:400;text-align:inherit;vertical-align:baseline;overflow-wrap:anywhere}thead th{border-block-end-width:2px;color:var(--_muted);font-size:.8125rem;font-weight:600}tbody tr:hover{background:var(--_raised)}.who bdi{font-weight:600}td .muted{display:block;font-size:.875rem}td button{min-block-size:1.75rem;font-size:.875rem}td button.plain{padding:0;text-align:inherit;text-decoration:underline}.label{display:none;color:var(--_muted)}.skeleton{min-block-size:12rem}.empty{padding:2.5rem 1rem;border:1px dashed var(--_line);border-radius:calc(var(--_radius) * 1.5);text-align:center}.question{position:static;display:grid;gap:.75rem;padding:0;border:0;background:none}.question bdi{font-weight:600;overflow-wrap:anywhere}.row{display:flex;flex-wrap:wrap;justify-content:end;gap:.5rem}.end:empty{display:none}@container suppressions (width < 48rem){thead{position:absolute;clip-path:inset(50%)}table,tbody,tr,:is(tbody) :is(th,td){display:block}tbody tr{margin-block-end:.75rem;padding:.5rem .75rem;border:1px solid var(--_line);border-radius:var(--_radius)}tbody :is(th,td){padding:.125rem 0;border:0}.label{display:inline}td button:not(.plain){margin-block:.25rem}}`;var Ot={bounced:"An e-mail bounced for good",complained:"Reported an e-mail as spam",unsubscribed:"Asked for no further e-mails",manual:"Blocked by staff"},ct={bounced:"The recipient’s mail server refused an e-mail for good. Allow this address only if you know that it works again; otherwise the next e-mail bounces, too.",complained:"This person reported an e-mail of yours as spam. Ask them first, by telephone for example: another report makes mail servers trust all your e-mails less.",unsubscribed:"This person asked for no further e-mails. Allow them only if they have told you that they want them again.",manual:"Somebody of your firm blocked this address. Find out why before you allow it."};function D(n){return Ot[n]??n.replaceAll("_"," ")}function ht(n){let t=n.removed?"Allowed again":a`<span class="unseen">What to do</span>`,e=["Address",n.removed?"Was blocked because":"Why","Since","Invoice",t];return a`<table role="table" part="table" aria-busy=${n.busy}>
<caption class="unseen">${n.removed?"Addresses that were allowed again":"Addresses that no e-mail goes to"}</caption>
<thead role="rowgroup">
<tr role="row">${e.map(s=>a`<th role="columnheader" scope="col">${s}</th>`)}</tr>
</thead>
<tbody role="rowgroup">${E(n.rows,({address:s})=>s,s=>St(n,s))}</tbody>
</table>`}function St(n,t){let{address:e,reason:s,since:i,invoice:r}=t;return a`<tr role="row" part="row" data-address=${e}>
<th role="rowheader" scope="row" class="who">${x(e)}</th>
<td role="cell">${D(s)}</td>
<td role="cell"><span class="label">Since</span> ${n.times.element(i)}</td>
<td role="cell">
${r?a`<span class="label">Invoice</span>
<button type="button" class="plain" aria-label="Show the e-mails of invoice ${r}" @click=${()=>n.select(t)}>
<bdi>${r}</bdi>
</button>`:l}
</td>
<td role="cell">${n.removed?Et(n,t):At(n,t)}</td>
</tr>`}function At(n,t){return a`<button type="button" class="allow" aria-label="Allow again: ${t.address}" @click=${()=>n.ask(t)}>Allow again</button>`}function Et(n,{removed_at:t,removed_by:e}){return a`<span class="label">Allowed again</span> ${n.times.element(t)} ${e?a`<span class="muted">by <bdi>${e}</bdi></span>`:l}`}function ut(n,{address:t,reason:e},s){return a`<invoice-email-dialog exportparts="dialog" heading="Allow e-mails again?" @close=${n.answered}>
<div class="question">
<p><bdi>${t}</bdi></p>
<p>${ct[e]??D(e)}</p>
<p class="muted">
A new bounce or spam report blocks it again. Amazon SES, which sends the e-mails, may hold a list of its own: where it blocks the
address, too, e-mails still do not arrive, and the invoice’s history says so.
</p>
${s}
<div class="row">
<button type="button" data-autofocus @click=${n.dismiss}>Leave it blocked</button>
<button type="button" class="primary" aria-disabled=${n.allowing} @click=${n.allow}>
${n.allowing?"Allowing…":"Allow again"}
</button>
</div>
</div>
</invoice-email-dialog>`}var Nt=50,W=class extends u{static properties={rows:{state:!0},removed:{state:!0},cursor:{state:!0},busy:{state:!0},problem:{state:!0},asked:{state:!0},allowing:{state:!0},refused:{state:!0},said:{state:!0},following:{state:!0}};static styles=[m,f,b,g,dt];constructor(){super(),this.rows=[],this.removed=!1,this.cursor=void 0,this.busy=!1,this.problem=null,this.asked=null,this.allowing=!1,this.refused=null,this.said="",this.following="",this.invoice="",this.followed=void 0,this.asking=new AbortController}connectedCallback(){super.connectedCallback(),this.hasUpdated&&this.cursor===void 0&&this.load()}willUpdate(t){(!this.hasUpdated||t.has("api")||this.hasOtherToken(t))&&this.#t(this.removed)}#t(t){this.removed=t,this.rows=[],this.cursor=void 0,this.said="",this.asked=null,this.load()}load=async()=>{this.asking.abort(),this.asking=new AbortController;let t=AbortSignal.any([this.asking.signal,this.untilRemoved.signal]);this.busy=!0,this.problem=null;let e=this.rows.length;try{let s={limit:Nt,cursor:this.cursor,removed:this.removed?"true":null},i=await this.client.get("v1/suppressions",s,{signal:t});if(t.aborted)return;this.rows=[...this.rows,...i.rows],this.cursor=i.next_cursor,e>0&&!this.cursor&&this.#s(`tbody tr:nth-child(${e+1}) button`)}catch(s){let i=this.problemOf(s);t.aborted||(this.problem=i)}finally{t.aborted||(this.busy=!1)}};#e=()=>{this.#s("h2"),this.load()};async#s(t){await this.updateComplete,(this.renderRoot.querySelector(t)??this.renderRoot.querySelector("h2"))?.focus()}select({invoice:t,send:e}){this.invoice=t??"",this.followed=e??void 0,this.announce("select",{invoice:t,send:e})&&(this.following="select")}ask(t){this.asked=t,this.refused=null}dismiss=()=>{this.renderRoot.querySelector("invoice-email-dialog")?.close()};answered=()=>{this.asked=null};allow=async()=>{let t=this.asked;if(!(!t||this.allowing)){this.allowing=!0,this.refused=null;try{await this.client.delete(`v1/suppressions/${encodeURIComponent(t.address)}`)}catch(e){let s=this.problemOf(e);s?.status!==404&&(this.refused=s)}finally{this.allowing=!1}this.refused||this.#i(t)}};async#i(t){let e=this.rows.indexOf(t);if(this.rows=this.rows.filter(i=>i!==t),this.said=`${t.address} is allowed again.`,this.asked!==t)return;this.dismiss(),await this.updateComplete;let s=this.renderRoot.querySelectorAll(".allow");(s[e]??s[e-1]??this.renderRoot.querySelector("h2")).focus()}#n(){return a`<div class="choice" role="group" aria-label="Which addresses">
${[!1,!0].map(t=>a`<button type="button" aria-pressed=${t===this.removed} @click=${()=>this.#t(t)}>
${t?"Allowed again":"Blocked"}
</button>`)}
</div>`}#o(){return this.rows.length>0?ht(this):this.problem?l:this.cursor===void 0?a`<div class="skeleton" aria-busy="true"><span class="unseen">Loading…</span><i></i><i></i><i></i></div>`:this.cursor?l:a`<p class="empty">
${this.removed?"Staff have allowed no address again.":"No address is blocked: e-mails go to everybody."}
</p>`}render(){return a`<div class="all">
<h2 tabindex="-1">Blocked addresses</h2>
<p class="about muted">
${this.removed?"E-mails go to these addresses again, until something new happens.":"No e-mail goes to these addresses, until somebody allows them again."}
Times in ${this.times.timezone}.
</p>
${this.#n()} ${this.#o()} ${this.problem?p(this.problem,this.#e):l}
<p class="muted" role="status">${this.said}</p>
${this.cursor&&!this.problem?a`<div><button type="button" aria-disabled=${this.busy} @click=${this.load}>${this.busy?"Loading…":"Show more"}</button></div>`:l}
</div>
${this.asked?ut(this,this.asked,this.refused?p(this.refused):l):l}
${F(this)}`}};customElements.get("invoice-email-suppressions-list")??customElements.define("invoice-email-suppressions-list",W);
