import{A as x,B as p,C as U,D as q,F as P,G as B,d as h,e as o,f as l,i as $,j as v,k as w,l as _,m as z,n as k,o as O,p as N,q as C,r as m,s as R,t as D,v as j,z as L}from"./chunk-NXNJXB4Z.js";var M=h`:host{container:record / inline-size}h2:focus,.question:focus{outline:none}h2{font-size:1.25rem;overflow-wrap:anywhere}h3{font-size:1.0625rem}form{margin-block-start:.75rem}.group{display:grid;gap:1rem 2rem;margin-block-start:.25rem;padding-block-start:1.25rem;border-block-start:1px solid var(--_line)}.group>div{display:grid;align-content:start;gap:1rem;min-inline-size:0}.with{display:flex;flex-wrap:wrap;align-items:center;gap:.5rem}.with input{flex:1 1 14.5rem;min-inline-size:0}.actions>:first-child{margin-inline-end:auto}@container record (min-width: 44rem){.group{grid-template-columns:13rem minmax(0,1fr)}}`;function F(a){if(!a.theirs)return l;let t=JSON.parse(a.untouched),e=a.bodyOf(a.draftOf(a.theirs.body)),s=Object.keys(e).filter(n=>JSON.stringify(e[n])!==JSON.stringify(t[n])).map(n=>a.labels[n]).join(", ");return o`<div class="notice question" role="alertdialog" tabindex="-1" aria-labelledby="theirs">
<span id="theirs"
>Somebody else has changed ${a.noun} meanwhile${s?`: ${s}`:""}. What you wrote is still here, and not
saved.</span
>
<span class="row">
<button type="button" @click=${a.useTheirs}>Load theirs</button>
<button type="button" @click=${a.useMine}>Save mine instead</button>
</span>
</div>`}function f(a){return a.slice(1).replaceAll("/","-")}function b(a){return a.target.value}function G(a){return`${/^["A-Z]/.test(a)?"":"This "}${a}.`}var u=class extends ${static properties={problem:{state:!0},faults:{state:!0},busy:{state:!0},theirs:{state:!0},said:{state:!0}};static styles=[v,w,z,k,O,_,P,M];noun="";announced="";labels={};blank={};constructor(){super(),this.draft=null,this.untouched="",this.etag=null,this.problem=null,this.faults={},this.busy="",this.theirs=null,this.said="",this.isNew=!1,this.focusOn="",this.asking=new AbortController,this.leaving=new L(this)}get path(){return""}draftOf(t){return structuredClone(t)}bodyOf(t){return t}checked(){return{}}connectedCallback(){super.connectedCallback(),this.hasUpdated&&!this.draft&&this.load()}willUpdate(t){let e=this.hasOtherToken(t)&&!this.unsent;(!this.hasUpdated||t.has("api")||t.has("clientId")||e)&&this.load()}updated(){if(!this.focusOn)return;let t=this.renderRoot.querySelector(this.focusOn),e=t?.closest("details");e&&(e.open=!0),t?.focus(),this.focusOn=""}get unsent(){return this.draft!==null&&(this.busy==="saving"||this.content!==this.untouched)}get content(){return JSON.stringify(this.bodyOf(this.draft))}mayLeave(){return this.unsent?(this.focusOn="#keep",this.leaving.ask()):Promise.resolve(!0)}leave(t){this.leaving.settle(t),this.focusOn="h2",t&&(this.untouched=this.content)}load=async()=>{this.asking.abort(),this.asking=new AbortController;let t=AbortSignal.any([this.asking.signal,this.untilRemoved.signal]);this.draft=null,this.problem=null,this.said="",this.busy="loading";try{let e=await this.client.read(this.path,{signal:t});t.aborted||this.#t(e)}catch(e){let i=this.problemOf(e);if(t.aborted)return;i?.status===404?this.#t({body:this.blank,etag:null}):this.problem=i,this.isNew=this.draft!==null}finally{t.aborted||(this.busy="")}};#e=()=>{this.focusOn="h2",this.load()};#t({body:t,etag:e}){this.draft=this.draftOf(t),this.untouched=this.content,this.etag=e,this.isNew=!1,this.faults={},this.theirs=null}write(t=""){let e=i=>i===t||i.startsWith(`${t}/`);this.faults=Object.fromEntries(Object.entries(this.faults).filter(([i])=>!e(i))),this.problem=null,this.said="",this.requestUpdate()}save=async t=>{if(t?.preventDefault(),this.busy||this.theirs||(this.#n(this.checked()),Object.keys(this.faults).length>0))return;let{signal:e}=this.asking,i=this.bodyOf(this.draft),s=JSON.stringify(i);this.busy="saving",this.problem=null,this.said="Saving…";try{let n=await this.client.put(this.path,i,{ifMatch:this.etag,isNew:this.isNew});e.aborted||this.#i(n,s)}catch(n){e.aborted||await this.#s(n,s)}finally{e.aborted||(this.busy="")}};#i(t,e){this.content===e?this.#t(t):(this.untouched=e,this.etag=t.etag),this.said="Saved.",this.unsent||this.leaving.settle(!0),this.announce("saved",{[this.announced]:t.body})}async#s(t,e){this.said="";try{let i=this.problemOf(t);if(i?.status===412){let s=await this.client.read(this.path,{signal:this.untilRemoved.signal});JSON.stringify(this.bodyOf(this.draftOf(s.body)))===e?this.#i(s,e):this.theirs=s,this.focusOn=".question"}else this.problem=i,i&&this.#a(i.errors)}catch(i){this.problem=this.problemOf(i)}}#a(t){let e=t.filter(({pointer:i})=>this.renderRoot.querySelector(`[data-field="${CSS.escape(i)}"]`));this.#n(Object.fromEntries(e.map(({pointer:i,detail:s})=>[i,G(s)]))),t.length>0&&e.length===t.length&&(this.problem=null)}#n(t){this.faults=t,this.said="";let i=[...this.renderRoot.querySelectorAll("[data-field]")].find(s=>t[s.dataset.field??""]);i&&(this.focusOn=`#${i.id}`)}useTheirs=()=>{this.theirs&&this.#t(this.theirs),this.said="This is what the other person saved.",this.focusOn="h2"};useMine=()=>{this.etag=this.theirs?.etag??null,this.isNew=!1,this.theirs=null,this.focusOn=".actions .primary",this.save()};notes(t,e=""){let i=f(t);return o`<p class="error" id="${i}-error" ?hidden=${!this.faults[t]}>${this.faults[t]}</p>
<p class="hint" id="${i}-hint" ?hidden=${!e}>${e}</p>`}input(t,e,i,s,{type:n="text",inputmode:r,hint:c,list:d,after:tt=l}={}){let y=f(t);return o`<div class="field">
<label for=${y}>${e}</label>
<span class="with"
><input
id=${y}
data-field=${t}
type=${n}
list=${d??l}
max=${n==="datetime-local"?"2999-12-31T23:59":l}
autocomplete="off"
inputmode=${r??l}
autocapitalize=${r?"none":l}
aria-describedby="${y}-error ${y}-hint"
aria-invalid=${this.faults[t]?"true":"false"}
.value=${j(i)}
@input=${et=>{s(b(et)),this.write(t)}}
/>${tt}</span
>
${this.notes(t,c)}
</div>`}#r(){return o`<form novalidate @submit=${this.save}>
${this.leaving.view("These changes are not saved. Discard them?","Keep editing","Discard")} ${F(this)}
${this.fields()}
<div class="actions">
${this.problem?m(this.problem):l}
<span role="status" class="muted">${this.said}</span>
${this.unsent&&!this.busy?o`<span class="muted">Not saved yet</span>`:l}
<button type="submit" class="primary" aria-disabled=${this.busy!==""||this.theirs!==null}>Save</button>
</div>
</form>`}fields(){return l}heading(){return this.noun}render(){return o`<h2 tabindex="-1">${this.heading()}</h2>
${this.draft?this.#r():this.problem?m(this.problem,this.#e):B}`}};var S={invited_at:"Invited",accepted_at:"Accepted",login_created_at:"Login created"},it=7*864e5,st=3250368e7;function J({invited_at:a,accepted_at:t,login_created_at:e},i){return a?t?e?"ready":"no_login":i-Date.parse(a)<it?"pending":"expired":"uninvited"}function K(a,t){return a?Z(new Date(a),t).slice(0,16):""}function V(a,t){let e=Date.parse(`${a}Z`);if(!(e<st))return null;let i=e;for(let s=0;s<2;s+=1)i+=e-Date.parse(`${Z(new Date(i),t)}Z`);return new Date(i).toISOString()}function Z(a,t){return new Intl.DateTimeFormat("sv",{timeZone:t,dateStyle:"short",timeStyle:"medium"}).format(a).padStart(19,"0").replace(" ","T")}var nt={uninvited:["Not invited","hand",""],pending:["Invitation pending since","queued","deferred"],expired:["Invitation expired","delayed","bounced"],no_login:["No login yet","queued","deferred"],ready:["Gets automatic e-mails","delivered","opened"]},at=Object.keys(S),W=0,E=class extends u{static properties={clientId:{attribute:!1}};static styles=[...u.styles,h`.people{border:1px solid var(--_line);border-radius:var(--_radius)}.people>li{padding:.375rem 1rem}.people>li+li{border-block-start:1px solid var(--_line)}.who{display:inline-flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:.25rem 1rem;inline-size:calc(100% - 1.25rem);min-block-size:2.5rem;vertical-align:middle;overflow-wrap:anywhere}div.who{inline-size:100%;padding-inline-start:1.25rem}.person{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,15rem),1fr));gap:.75rem 1rem;align-items:start;padding-block:.5rem 1rem}.remove{align-self:end;justify-self:start}.add{justify-self:start}`];labels={name:"Name",email:"E-mail addresses",contacts:"Contacts"};announced="client";noun="this client";blank={name:null,email:"",contacts:[]};constructor(){super(),this.clientId=""}get path(){return`v1/clients/${encodeURIComponent(this.clientId)}`}draftOf({name:t,email:e,contacts:i}){let s=this.draft?.contacts??[],n=i.map((r,c)=>({...r,key:s[c]?.key??(W+=1)}));return{name:t??"",chips:U(e),contacts:n}}bodyOf({name:t,chips:e,contacts:i}){return{name:t.trim()||null,email:e.map(({text:s})=>s.trim()).join("; "),contacts:i.map(({key:s,...n})=>({...n,address:n.address.trim(),name:n.name?.trim()||null}))}}get unsent(){return super.unsent||(this.#e?.pending??!1)}get#e(){return this.renderRoot?.querySelector("invoice-email-address-field")??null}checked(){this.#e?.commit();let{chips:t,contacts:e}=this.draft,i={};return t.some(({fault:s})=>s)&&(i["/email"]="Put right or remove what is marked."),e.forEach(({address:s},n)=>{let[r,c]=x(s);(!r||c||r.fault)&&(i[`/contacts/${n}/address`]="Give one address, such as ann@example.com.")}),i}heading(){return o`Client <bdi>${this.clientId}</bdi>`}#t(t,e){let i=W+=1,s=this.draft.contacts.push({address:t,name:e,invited_at:null,accepted_at:null,login_created_at:null,key:i})-1;this.write("/contacts"),this.focusOn=`#contacts-${s}-${t?"invited_at":"address"}`}#i(t){this.draft.contacts.splice(t,1),this.write("/contacts"),this.said="Removed.",this.focusOn=".add"}#s(t,e=null){let[i,s,n]=nt[t],r=t==="pending"?this.times.element(e,"date"):l;return o`<span class="chip ${n}" part="chip">${N(s)}<span>${i} ${r}</span></span>`}#a(t,e,i){let s=`/contacts/${e}`,[n]=x(t.address),r=t.address===""||i.has(p(n?.address??"")),c=J(t,Date.now());return o`<li>
<details>
<summary>
<span class="who">
<span>
${t.name?o`<strong><bdi>${t.name}</bdi></strong> `:l}${t.address?C(t.address):t.name?l:"New contact"}
</span>
<span class="row">
${r?l:o`<span class="hint">Not among the addresses above</span>`}
${r||c!=="ready"?this.#s(c,t.invited_at):l}
</span>
</span>
</summary>
<div class="person">
${this.input(`${s}/address`,"Address",t.address,d=>t.address=d,{inputmode:"email"})}
${this.input(`${s}/name`,"Name",t.name??"",d=>t.name=d)}
${at.map(d=>this.#n(t,d,`${s}/${d}`))}
<button type="button" class="remove" @click=${()=>this.#i(e)}>
${N("close")}Remove<span class="unseen"> ${t.address}</span>
</button>
</div>
</details>
</li>`}#n(t,e,i){let{timezone:s}=this.times,n=t[e],r=()=>{t[e]=n?null:new Date().toISOString(),this.write(i)};return this.input(i,S[e],K(n,s),c=>t[e]=V(c,s),{type:"datetime-local",after:o`<button type="button" aria-label="${S[e]}: ${n?"clear":"now"}" @click=${r}>
${n?"Clear":"Now"}
</button>`})}#r(){let{chips:t,contacts:e}=this.draft,i=new Set(t.map(({address:r})=>p(r))),s=new Set(e.flatMap(({address:r})=>x(r).map(c=>p(c.address)))),n=t.filter(({address:r,fault:c})=>!c&&!s.has(p(r)));return o`<div class="group">
<h3>Contacts</h3>
<div>
<p class="hint">
Automatic e-mails go to those of the addresses whose owner was invited, accepted and has a login. Times in
${this.times.timezone}.
</p>
${e.length+n.length>0?o`<ul class="people">
${R(e,({key:r})=>r,(r,c)=>this.#a(r,c,i))}
${n.map(r=>o`<li>
<div class="who">
<span>${r.name?o`<strong><bdi>${r.name}</bdi></strong> `:l}${C(r.address)}</span>
<span class="row">
${this.#s("uninvited")}
<button type="button" @click=${()=>this.#t(r.address,r.name)}>
Add<span class="unseen"> ${q(r)} as a contact</span>
</button>
</span>
</div>
</li>`)}
</ul>`:l}
<button type="button" class="add" @click=${()=>this.#t("",null)}>Add a contact</button>
</div>
</div>`}fields(){let{name:t,chips:e}=this.draft;return o`${this.isNew?o`<p class="notice">There is no such client yet. Saving creates it.</p>`:l}
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
${this.#r()}`}};customElements.get("invoice-email-client-form")??customElements.define("invoice-email-client-form",E);var rt=50,A=class extends ${static properties={rows:{state:!0},cursor:{state:!0},busy:{state:!0},problem:{state:!0}};static styles=[v,w,k,O,_,h`:host{container:clients / inline-size}h2{font-size:1.25rem}h2:focus{outline:none}form{max-inline-size:26rem;margin-block:.5rem 1rem}.row input{flex:1}li{border-block-start:1px solid var(--_line)}li button{display:grid;justify-content:stretch;inline-size:100%;gap:0 1rem;padding:.5rem;border:0;border-radius:0;text-align:inherit;overflow-wrap:anywhere}.name{color:var(--_accent);font-weight:600}.more{margin-block-start:1rem}@container clients (min-width: 40rem){li button{grid-template-columns:2fr 1fr 3fr}}`];constructor(){super(),this.rows=[],this.cursor=void 0,this.busy=!1,this.problem=null,this.asking=new AbortController}connectedCallback(){super.connectedCallback(),this.hasUpdated&&this.cursor===void 0&&this.#e()}willUpdate(t){this.hasUpdated&&!t.has("api")&&!this.hasOtherToken(t)||(this.rows=[],this.cursor=void 0,this.#e())}#e=async()=>{this.asking.abort(),this.asking=new AbortController;let t=AbortSignal.any([this.asking.signal,this.untilRemoved.signal]);this.busy=!0,this.problem=null;try{let e=await this.client.get("v1/clients",{limit:rt,cursor:this.cursor},{signal:t});if(t.aborted)return;this.rows=[...this.rows,...e.rows],this.cursor=e.next_cursor}catch(e){let i=this.problemOf(e);t.aborted||(this.problem=i)}finally{t.aborted||(this.busy=!1)}};#t(t){this.announce("client",{client:t})&&this.dispatchEvent(new CustomEvent("open",{detail:t}))}#i(t){t.preventDefault();let e=this.renderRoot.querySelector("input"),i=(e?.value??"").trim();/^\.{0,2}$/.test(i)?e?.focus():this.#t(i)}render(){return o`<h2 tabindex="-1">Clients</h2>
<form @submit=${this.#i}>
<div class="field">
<label for="id">Client’s id in your portal</label>
<span class="row"><input id="id" autocomplete="off" spellcheck="false" /><button type="submit">Open</button></span>
</div>
</form>
<ul aria-busy=${this.busy} aria-label="Clients">
${this.rows.map(({client:t,name:e,email:i})=>o`<li>
<button type="button" @click=${()=>this.#t(t)}>
<bdi class="name">${e||t}</bdi><bdi class="muted">${t}</bdi><bdi>${i}</bdi>
</button>
</li>`)}
</ul>
${this.problem?m(this.problem,this.#e):l}
<p class="muted" role="status">
${this.busy?"Loading…":""}
${this.rows.length===0&&this.cursor===null?"No clients yet. Opened by its id, one can be created.":""}
</p>
${this.cursor&&!this.problem?o`<button type="button" class="more" aria-disabled=${this.busy} @click=${this.#e}>Show more</button>`:l}`}};customElements.get("invoice-email-client-list")??customElements.define("invoice-email-client-list",A);var H="en-GB en-US en-AU en-CA en-IE en-IN en-ZA da-DK de-AT de-CH de-DE es-ES es-MX fi-FI fr-CA fr-CH fr-FR it-IT ja-JP nb-NO nl-BE nl-NL pl-PL pt-BR pt-PT sv-SE".split(" ");function T(a){return new Intl.DisplayNames("en",{type:"language"}).of(a)}function X(a){try{let t=new Intl.NumberFormat(a,{style:"currency",currency:"EUR"}).format(1250),e=new Intl.DateTimeFormat(a,{timeZone:"UTC",dateStyle:"long"}).format(Date.UTC(2026,10,22));return`${T(a)}: ${t}, ${e}`}catch{return"A language and a country, such as en-GB."}}function Y(a){let[t,e,i]=[1,3,5].map(s=>{let n=Number.parseInt(a.slice(s,s+2),16)/255;return n<=.04045?n/12.92:((n+.055)/1.055)**2.4});return .2126*t+.7152*e+.0722*i>.179?"#000":"#fff"}var Q={firm_name:null,from_name:null,reply_to:null,timezone:"UTC",locale:"en-GB",display_balances:!1,allow_account_history:!1,send_automatic_invoice_emails:!1,open_tracking:"individual",payment_url:null,brand_color:null},g={firm_name:"Firm name",from_name:"Sender’s name",reply_to:"Reply-to",timezone:"Time zone",locale:"Language of amounts and dates",display_balances:"Display balances",allow_account_history:"Allow clients to view their account history?",send_automatic_invoice_emails:"Send automatic invoice notification emails?",open_tracking:"Open tracking",payment_url:"Payment page’s address",brand_color:"Brand colour"},ot={display_balances:"Clients see the remaining balance in e-mails and on the invoice’s page.",allow_account_history:"Signed-in clients see all their invoices, payments and the whole outstanding amount; otherwise only the linked invoice.",send_automatic_invoice_emails:"When an invoice is finalized, it is e-mailed at once to the client’s addresses whose owner was invited, accepted and has a login; others are skipped, and the history says why."},lt={individual:"Each recipient’s opens and clicks are shown.",off:"Nobody sees opens and clicks of later e-mails."},ct="#1f5fbf",I=class extends u{static styles=[...u.styles,h`form{max-inline-size:52rem}.with [type=color]{flex:none;inline-size:3.5rem;padding:.125rem}.sample{padding:.375rem 1rem;border-radius:var(--_radius);font-weight:600}.switch{justify-content:space-between;gap:1rem;justify-self:stretch;font-weight:600}@media not (forced-colors:active){[role=switch]{flex:none;appearance:none;inline-size:2.75rem;block-size:1.5rem;margin:0;padding:3px;border-radius:1rem;background:var(--_field-line);cursor:pointer}[role=switch]:before{content:"";display:block;block-size:100%;aspect-ratio:1;border-radius:50%;background:var(--_surface);transition:margin .15s}[role=switch]:checked{background:var(--_accent)}[role=switch]:checked:before{margin-inline-start:1.25rem}}`];noun="the settings";announced="settings";labels=g;blank=Q;get path(){return"v1/settings"}bodyOf(t){let e=Object.keys(Q);return Object.fromEntries(e.map(i=>[i,t[i]===""?null:t[i]]))}heading(){return"Settings"}#e(t,e){this.draft[t]=e,this.write(`/${t}`)}#t(t,e){return this.input(`/${t}`,g[t],this.draft[t]??"",i=>this.draft[t]=i,e)}#i(t){return o`<div class="field">
<label class="check switch">
${g[t]}
<input
id=${t}
data-field="/${t}"
type="checkbox"
role="switch"
aria-describedby="${t}-error ${t}-hint"
.checked=${this.draft[t]}
@change=${e=>this.#e(t,e.target.checked)}
/>
</label>
${this.notes(`/${t}`,ot[t])}
</div>`}#s(t,e,i){let s=`/${t}`;return o`<div class="field">
<label for=${t}>${g[t]}</label>
<select
id=${t}
data-field=${s}
aria-describedby="${t}-error ${t}-hint"
aria-invalid=${this.faults[s]?"true":"false"}
@change=${n=>this.#e(t,b(n))}
>
${e.map(([n,r])=>o`<option value=${n} .selected=${n===this.draft[t]}>${r}</option>`)}
</select>
${this.notes(s,i)}
</div>`}#a(){let t=this.draft.brand_color,e="/brand_color",i=f(e);return o`<div class="field">
<label for=${i}>${g.brand_color}</label>
<span class="row with">
<input
id=${i}
data-field=${e}
type="color"
aria-describedby="${i}-error ${i}-hint"
aria-invalid=${this.faults[e]?"true":"false"}
.value=${t??ct}
@input=${s=>this.#e("brand_color",b(s))}
/>
<span>${t??"None"}</span>
${t?o`<button type="button" @click=${this.#n}>None</button>
<span class="sample" style=${D({background:t,color:Y(t)})}>View invoice</span>`:l}
</span>
${this.notes(e,"Of the e-mail’s button. Its text is black or white, whichever is easier to read.")}
</div>`}#n=()=>{this.#e("brand_color",null),this.focusOn="#brand_color"};fields(){let{timezone:t,locale:e,open_tracking:i}=this.draft,s=[...new Set(["UTC",t,...Intl.supportedValuesOf("timeZone")])];return o`<div class="group">
<h3>For clients</h3>
<div>
${this.#i("display_balances")} ${this.#i("allow_account_history")}
${this.#i("send_automatic_invoice_emails")}
</div>
</div>
<div class="group">
<h3>Sender</h3>
<div>
${this.#t("firm_name")} ${this.#t("from_name")}
${this.#t("reply_to",{inputmode:"email",hint:"Where answers go: an address, or Name <address>."})}
</div>
</div>
<div class="group">
<h3>Language and time</h3>
<div>
${this.#t("locale",{list:"locales",hint:X(e)})}
<datalist id="locales">
${H.map(n=>o`<option value=${n}>${T(n)}</option>`)}
</datalist>
${this.#s("timezone",s.map(n=>[n,n.replaceAll("_"," ")]))}
</div>
</div>
<div class="group">
<h3>E-mails</h3>
<div>
${this.#s("open_tracking",[["individual","Individual"],["off","Off"]],lt[i])}
${this.#t("payment_url",{inputmode:"url",hint:"{invoice} stands for the invoice’s id, such as https://pay.example.com/{invoice}."})}
${this.#a()}
</div>
</div>`}};customElements.get("invoice-email-settings-form")??customElements.define("invoice-email-settings-form",I);
