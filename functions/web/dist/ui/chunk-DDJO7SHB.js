var lr=Symbol.for("invoice-email configuration"),cr=globalThis,Ni=cr[lr]??={api:new URL("..",import.meta.url).href,token:null,locale:globalThis.navigator?.language??"en",timezone:"UTC"};function dr(i){let e=Object.entries(i).filter(([,t])=>t!==void 0);Object.assign(Ni,Object.fromEntries(e))}function ve(){return Ni}var E=class extends Error{constructor(e,{status:t=0,detail:s="",errors:n=[],retryAfterMs:r=0}={}){super(hr(e,t,s,n)),this.name="Problem",this.kind=e,this.status=t,this.detail=s,this.errors=n,this.retryAfterMs=r}get mayPass(){return this.kind!=="refused"||this.status===429||this.status>=500}get needsSignIn(){return this.kind==="refused"&&this.status===401}};function le(i){return i instanceof DOMException&&i.name==="AbortError"}function hr(i,e,t,s){return i==="offline"?"There is no connection to the service. Check the network, then try again.":i==="slow"?"The service has not answered in time. Try again.":i==="unreadable"?"The answer broke off on its way. Try again.":i==="unsigned"?"Your sign-in could not be renewed. Check the network, or sign in again, then try again.":i==="unstored"?"This device has no room for the file. Make some, then try again.":e===401?"You are signed out, or your session has ended. Sign in again, then try again.":e===403?Mi("You are not allowed to do this.",t):e===404?t||"This does not exist, or no longer.":e===412?"Somebody else has changed this since you opened it. Reload it, then make your change again.":e===413?"This is too large to be sent.":e===429?"Too many requests at once. Wait a moment, then try again.":e>=500?Mi("The service cannot answer at the moment. Try again.",e===503?t:""):s.length>0?s.map(n=>`${pr(n)} ${n.detail}`.trim()).join(". "):t||`The service refused this (${e}).`}function Mi(i,e){return e?`${i} ${e}`:i}function pr(i){let t=(i.pointer.split("/").filter(s=>s&&!/^\d+$/.test(s)).pop()??"").replaceAll("_"," ");return t.charAt(0).toUpperCase()+t.slice(1)}var Ue=globalThis,je=Ue.ShadowRoot&&(Ue.ShadyCSS===void 0||Ue.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,Kt=Symbol(),Pi=new WeakMap,we=class{constructor(e,t,s){if(this._$cssResult$=!0,s!==Kt)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=e,this.t=t}get styleSheet(){let e=this.o,t=this.t;if(je&&e===void 0){let s=t!==void 0&&t.length===1;s&&(e=Pi.get(t)),e===void 0&&((this.o=e=new CSSStyleSheet).replaceSync(this.cssText),s&&Pi.set(t,e))}return e}toString(){return this.cssText}},Ii=i=>new we(typeof i=="string"?i:i+"",void 0,Kt),f=(i,...e)=>{let t=i.length===1?i[0]:e.reduce((s,n,r)=>s+(a=>{if(a._$cssResult$===!0)return a.cssText;if(typeof a=="number")return a;throw Error("Value passed to 'css' function must be a 'css' function result: "+a+". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.")})(n)+i[r+1],i[0]);return new we(t,i,Kt)},Ri=(i,e)=>{if(je)i.adoptedStyleSheets=e.map(t=>t instanceof CSSStyleSheet?t:t.styleSheet);else for(let t of e){let s=document.createElement("style"),n=Ue.litNonce;n!==void 0&&s.setAttribute("nonce",n),s.textContent=t.cssText,i.appendChild(s)}},Gt=je?i=>i:i=>i instanceof CSSStyleSheet?(e=>{let t="";for(let s of e.cssRules)t+=s.cssText;return Ii(t)})(i):i;var{is:ur,defineProperty:mr,getOwnPropertyDescriptor:fr,getOwnPropertyNames:gr,getOwnPropertySymbols:br,getPrototypeOf:$r}=Object,qe=globalThis,Di=qe.trustedTypes,yr=Di?Di.emptyScript:"",vr=qe.reactiveElementPolyfillSupport,ke=(i,e)=>i,Xt={toAttribute(i,e){switch(e){case Boolean:i=i?yr:null;break;case Object:case Array:i=i==null?i:JSON.stringify(i)}return i},fromAttribute(i,e){let t=i;switch(e){case Boolean:t=i!==null;break;case Number:t=i===null?null:Number(i);break;case Object:case Array:try{t=JSON.parse(i)}catch{t=null}}return t}},Ui=(i,e)=>!ur(i,e),Li={attribute:!0,type:String,converter:Xt,reflect:!1,useDefault:!1,hasChanged:Ui};Symbol.metadata??=Symbol("metadata"),qe.litPropertyMetadata??=new WeakMap;var V=class extends HTMLElement{static addInitializer(e){this._$Ei(),(this.l??=[]).push(e)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(e,t=Li){if(t.state&&(t.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(e)&&((t=Object.create(t)).wrapped=!0),this.elementProperties.set(e,t),!t.noAccessor){let s=Symbol(),n=this.getPropertyDescriptor(e,s,t);n!==void 0&&mr(this.prototype,e,n)}}static getPropertyDescriptor(e,t,s){let{get:n,set:r}=fr(this.prototype,e)??{get(){return this[t]},set(a){this[t]=a}};return{get:n,set(a){let c=n?.call(this);r?.call(this,a),this.requestUpdate(e,c,s)},configurable:!0,enumerable:!0}}static getPropertyOptions(e){return this.elementProperties.get(e)??Li}static _$Ei(){if(this.hasOwnProperty(ke("elementProperties")))return;let e=$r(this);e.finalize(),e.l!==void 0&&(this.l=[...e.l]),this.elementProperties=new Map(e.elementProperties)}static finalize(){if(this.hasOwnProperty(ke("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(ke("properties"))){let t=this.properties,s=[...gr(t),...br(t)];for(let n of s)this.createProperty(n,t[n])}let e=this[Symbol.metadata];if(e!==null){let t=litPropertyMetadata.get(e);if(t!==void 0)for(let[s,n]of t)this.elementProperties.set(s,n)}this._$Eh=new Map;for(let[t,s]of this.elementProperties){let n=this._$Eu(t,s);n!==void 0&&this._$Eh.set(n,t)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(e){let t=[];if(Array.isArray(e)){let s=new Set(e.flat(1/0).reverse());for(let n of s)t.unshift(Gt(n))}else e!==void 0&&t.push(Gt(e));return t}static _$Eu(e,t){let s=t.attribute;return s===!1?void 0:typeof s=="string"?s:typeof e=="string"?e.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(e=>this.enableUpdating=e),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(e=>e(this))}addController(e){(this._$EO??=new Set).add(e),this.renderRoot!==void 0&&this.isConnected&&e.hostConnected?.()}removeController(e){this._$EO?.delete(e)}_$E_(){let e=new Map,t=this.constructor.elementProperties;for(let s of t.keys())this.hasOwnProperty(s)&&(e.set(s,this[s]),delete this[s]);e.size>0&&(this._$Ep=e)}createRenderRoot(){let e=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return Ri(e,this.constructor.elementStyles),e}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(e=>e.hostConnected?.())}enableUpdating(e){}disconnectedCallback(){this._$EO?.forEach(e=>e.hostDisconnected?.())}attributeChangedCallback(e,t,s){this._$AK(e,s)}_$ET(e,t){let s=this.constructor.elementProperties.get(e),n=this.constructor._$Eu(e,s);if(n!==void 0&&s.reflect===!0){let r=(s.converter?.toAttribute!==void 0?s.converter:Xt).toAttribute(t,s.type);this._$Em=e,r==null?this.removeAttribute(n):this.setAttribute(n,r),this._$Em=null}}_$AK(e,t){let s=this.constructor,n=s._$Eh.get(e);if(n!==void 0&&this._$Em!==n){let r=s.getPropertyOptions(n),a=typeof r.converter=="function"?{fromAttribute:r.converter}:r.converter?.fromAttribute!==void 0?r.converter:Xt;this._$Em=n;let c=a.fromAttribute(t,r.type);this[n]=c??this._$Ej?.get(n)??c,this._$Em=null}}requestUpdate(e,t,s,n=!1,r){if(e!==void 0){let a=this.constructor;if(n===!1&&(r=this[e]),s??=a.getPropertyOptions(e),!((s.hasChanged??Ui)(r,t)||s.useDefault&&s.reflect&&r===this._$Ej?.get(e)&&!this.hasAttribute(a._$Eu(e,s))))return;this.C(e,t,s)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(e,t,{useDefault:s,reflect:n,wrapped:r},a){s&&!(this._$Ej??=new Map).has(e)&&(this._$Ej.set(e,a??t??this[e]),r!==!0||a!==void 0)||(this._$AL.has(e)||(this.hasUpdated||s||(t=void 0),this._$AL.set(e,t)),n===!0&&this._$Em!==e&&(this._$Eq??=new Set).add(e))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(t){Promise.reject(t)}let e=this.scheduleUpdate();return e!=null&&await e,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[n,r]of this._$Ep)this[n]=r;this._$Ep=void 0}let s=this.constructor.elementProperties;if(s.size>0)for(let[n,r]of s){let{wrapped:a}=r,c=this[n];a!==!0||this._$AL.has(n)||c===void 0||this.C(n,void 0,r,c)}}let e=!1,t=this._$AL;try{e=this.shouldUpdate(t),e?(this.willUpdate(t),this._$EO?.forEach(s=>s.hostUpdate?.()),this.update(t)):this._$EM()}catch(s){throw e=!1,this._$EM(),s}e&&this._$AE(t)}willUpdate(e){}_$AE(e){this._$EO?.forEach(t=>t.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(e)),this.updated(e)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(e){return!0}update(e){this._$Eq&&=this._$Eq.forEach(t=>this._$ET(t,this[t])),this._$EM()}updated(e){}firstUpdated(e){}};V.elementStyles=[],V.shadowRootOptions={mode:"open"},V[ke("elementProperties")]=new Map,V[ke("finalized")]=new Map,vr?.({ReactiveElement:V}),(qe.reactiveElementVersions??=[]).push("2.1.2");var Qt=globalThis,ji=i=>i,Ve=Qt.trustedTypes,qi=Ve?Ve.createPolicy("lit-html",{createHTML:i=>i}):void 0,Zt="$lit$",B=`lit$${Math.random().toFixed(9).slice(2)}$`,Yt="?"+B,wr=`<${Yt}>`,ee=document,_e=()=>ee.createComment(""),Se=i=>i===null||typeof i!="object"&&typeof i!="function",ei=Array.isArray,Ki=i=>ei(i)||typeof i?.[Symbol.iterator]=="function",Jt=`[ 	
\f\r]`,xe=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,Vi=/-->/g,Bi=/>/g,Z=RegExp(`>|${Jt}(?:([^\\s"'>=/]+)(${Jt}*=${Jt}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),Fi=/'/g,Hi=/"/g,Gi=/^(?:script|style|textarea|title)$/i,ti=i=>(e,...t)=>({_$litType$:i,strings:e,values:t}),o=ti(1),g=ti(2),yl=ti(3),x=Symbol.for("lit-noChange"),l=Symbol.for("lit-nothing"),Wi=new WeakMap,Y=ee.createTreeWalker(ee,129);function Xi(i,e){if(!ei(i)||!i.hasOwnProperty("raw"))throw Error("invalid template strings array");return qi!==void 0?qi.createHTML(e):e}var Ji=(i,e)=>{let t=i.length-1,s=[],n,r=e===2?"<svg>":e===3?"<math>":"",a=xe;for(let c=0;c<t;c++){let d=i[c],h,u,m=-1,b=0;for(;b<d.length&&(a.lastIndex=b,u=a.exec(d),u!==null);)b=a.lastIndex,a===xe?u[1]==="!--"?a=Vi:u[1]!==void 0?a=Bi:u[2]!==void 0?(Gi.test(u[2])&&(n=RegExp("</"+u[2],"g")),a=Z):u[3]!==void 0&&(a=Z):a===Z?u[0]===">"?(a=n??xe,m=-1):u[1]===void 0?m=-2:(m=a.lastIndex-u[2].length,h=u[1],a=u[3]===void 0?Z:u[3]==='"'?Hi:Fi):a===Hi||a===Fi?a=Z:a===Vi||a===Bi?a=xe:(a=Z,n=void 0);let $=a===Z&&i[c+1].startsWith("/>")?" ":"";r+=a===xe?d+wr:m>=0?(s.push(h),d.slice(0,m)+Zt+d.slice(m)+B+$):d+B+(m===-2?c:$)}return[Xi(i,r+(i[t]||"<?>")+(e===2?"</svg>":e===3?"</math>":"")),s]},Ae=class i{constructor({strings:e,_$litType$:t},s){let n;this.parts=[];let r=0,a=0,c=e.length-1,d=this.parts,[h,u]=Ji(e,t);if(this.el=i.createElement(h,s),Y.currentNode=this.el.content,t===2||t===3){let m=this.el.content.firstChild;m.replaceWith(...m.childNodes)}for(;(n=Y.nextNode())!==null&&d.length<c;){if(n.nodeType===1){if(n.hasAttributes())for(let m of n.getAttributeNames())if(m.endsWith(Zt)){let b=u[a++],$=n.getAttribute(m).split(B),A=/([.?@])?(.*)/.exec(b);d.push({type:1,index:r,name:A[2],strings:$,ctor:A[1]==="."?Fe:A[1]==="?"?He:A[1]==="@"?We:ie}),n.removeAttribute(m)}else m.startsWith(B)&&(d.push({type:6,index:r}),n.removeAttribute(m));if(Gi.test(n.tagName)){let m=n.textContent.split(B),b=m.length-1;if(b>0){n.textContent=Ve?Ve.emptyScript:"";for(let $=0;$<b;$++)n.append(m[$],_e()),Y.nextNode(),d.push({type:2,index:++r});n.append(m[b],_e())}}}else if(n.nodeType===8)if(n.data===Yt)d.push({type:2,index:r});else{let m=-1;for(;(m=n.data.indexOf(B,m+1))!==-1;)d.push({type:7,index:r}),m+=B.length-1}r++}}static createElement(e,t){let s=ee.createElement("template");return s.innerHTML=e,s}};function te(i,e,t=i,s){if(e===x)return e;let n=s!==void 0?t._$Co?.[s]:t._$Cl,r=Se(e)?void 0:e._$litDirective$;return n?.constructor!==r&&(n?._$AO?.(!1),r===void 0?n=void 0:(n=new r(i),n._$AT(i,t,s)),s!==void 0?(t._$Co??=[])[s]=n:t._$Cl=n),n!==void 0&&(e=te(i,n._$AS(i,e.values),n,s)),e}var Be=class{constructor(e,t){this._$AV=[],this._$AN=void 0,this._$AD=e,this._$AM=t}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(e){let{el:{content:t},parts:s}=this._$AD,n=(e?.creationScope??ee).importNode(t,!0);Y.currentNode=n;let r=Y.nextNode(),a=0,c=0,d=s[0];for(;d!==void 0;){if(a===d.index){let h;d.type===2?h=new ce(r,r.nextSibling,this,e):d.type===1?h=new d.ctor(r,d.name,d.strings,this,e):d.type===6&&(h=new Ke(r,this,e)),this._$AV.push(h),d=s[++c]}a!==d?.index&&(r=Y.nextNode(),a++)}return Y.currentNode=ee,n}p(e){let t=0;for(let s of this._$AV)s!==void 0&&(s.strings!==void 0?(s._$AI(e,s,t),t+=s.strings.length-2):s._$AI(e[t])),t++}},ce=class i{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(e,t,s,n){this.type=2,this._$AH=l,this._$AN=void 0,this._$AA=e,this._$AB=t,this._$AM=s,this.options=n,this._$Cv=n?.isConnected??!0}get parentNode(){let e=this._$AA.parentNode,t=this._$AM;return t!==void 0&&e?.nodeType===11&&(e=t.parentNode),e}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(e,t=this){e=te(this,e,t),Se(e)?e===l||e==null||e===""?(this._$AH!==l&&this._$AR(),this._$AH=l):e!==this._$AH&&e!==x&&this._(e):e._$litType$!==void 0?this.$(e):e.nodeType!==void 0?this.T(e):Ki(e)?this.k(e):this._(e)}O(e){return this._$AA.parentNode.insertBefore(e,this._$AB)}T(e){this._$AH!==e&&(this._$AR(),this._$AH=this.O(e))}_(e){this._$AH!==l&&Se(this._$AH)?this._$AA.nextSibling.data=e:this.T(ee.createTextNode(e)),this._$AH=e}$(e){let{values:t,_$litType$:s}=e,n=typeof s=="number"?this._$AC(e):(s.el===void 0&&(s.el=Ae.createElement(Xi(s.h,s.h[0]),this.options)),s);if(this._$AH?._$AD===n)this._$AH.p(t);else{let r=new Be(n,this),a=r.u(this.options);r.p(t),this.T(a),this._$AH=r}}_$AC(e){let t=Wi.get(e.strings);return t===void 0&&Wi.set(e.strings,t=new Ae(e)),t}k(e){ei(this._$AH)||(this._$AH=[],this._$AR());let t=this._$AH,s,n=0;for(let r of e)n===t.length?t.push(s=new i(this.O(_e()),this.O(_e()),this,this.options)):s=t[n],s._$AI(r),n++;n<t.length&&(this._$AR(s&&s._$AB.nextSibling,n),t.length=n)}_$AR(e=this._$AA.nextSibling,t){for(this._$AP?.(!1,!0,t);e!==this._$AB;){let s=ji(e).nextSibling;ji(e).remove(),e=s}}setConnected(e){this._$AM===void 0&&(this._$Cv=e,this._$AP?.(e))}},ie=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(e,t,s,n,r){this.type=1,this._$AH=l,this._$AN=void 0,this.element=e,this.name=t,this._$AM=n,this.options=r,s.length>2||s[0]!==""||s[1]!==""?(this._$AH=Array(s.length-1).fill(new String),this.strings=s):this._$AH=l}_$AI(e,t=this,s,n){let r=this.strings,a=!1;if(r===void 0)e=te(this,e,t,0),a=!Se(e)||e!==this._$AH&&e!==x,a&&(this._$AH=e);else{let c=e,d,h;for(e=r[0],d=0;d<r.length-1;d++)h=te(this,c[s+d],t,d),h===x&&(h=this._$AH[d]),a||=!Se(h)||h!==this._$AH[d],h===l?e=l:e!==l&&(e+=(h??"")+r[d+1]),this._$AH[d]=h}a&&!n&&this.j(e)}j(e){e===l?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,e??"")}},Fe=class extends ie{constructor(){super(...arguments),this.type=3}j(e){this.element[this.name]=e===l?void 0:e}},He=class extends ie{constructor(){super(...arguments),this.type=4}j(e){this.element.toggleAttribute(this.name,!!e&&e!==l)}},We=class extends ie{constructor(e,t,s,n,r){super(e,t,s,n,r),this.type=5}_$AI(e,t=this){if((e=te(this,e,t,0)??l)===x)return;let s=this._$AH,n=e===l&&s!==l||e.capture!==s.capture||e.once!==s.once||e.passive!==s.passive,r=e!==l&&(s===l||n);n&&this.element.removeEventListener(this.name,this,s),r&&this.element.addEventListener(this.name,this,e),this._$AH=e}handleEvent(e){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,e):this._$AH.handleEvent(e)}},Ke=class{constructor(e,t,s){this.element=e,this.type=6,this._$AN=void 0,this._$AM=t,this.options=s}get _$AU(){return this._$AM._$AU}_$AI(e){te(this,e)}},Qi={M:Zt,P:B,A:Yt,C:1,L:Ji,R:Be,D:Ki,V:te,I:ce,H:ie,N:He,U:We,B:Fe,F:Ke},kr=Qt.litHtmlPolyfillSupport;kr?.(Ae,ce),(Qt.litHtmlVersions??=[]).push("3.3.3");var Zi=(i,e,t)=>{let s=t?.renderBefore??e,n=s._$litPart$;if(n===void 0){let r=t?.renderBefore??null;s._$litPart$=n=new ce(e.insertBefore(_e(),r),r,void 0,t??{})}return n._$AI(i),n};var ii=globalThis,C=class extends V{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let e=super.createRenderRoot();return this.renderOptions.renderBefore??=e.firstChild,e}update(e){let t=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(e),this._$Do=Zi(t,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return x}};C._$litElement$=!0,C.finalized=!0,ii.litElementHydrateSupport?.({LitElement:C});var xr=ii.litElementPolyfillSupport;xr?.({LitElement:C});(ii.litElementVersions??=[]).push("4.2.2");var _r=35e3,Sr=3,Ar=5e3,Xe=class{constructor({api:e,token:t}){this.base=new URL(e.endsWith("/")?e:`${e}/`,document.baseURI).href,this.token=t}async get(e,t={},s={}){let n=await this.#e("GET",e,t,void 0,s);return si(n)}async text(e,t,s={}){let n=await this.#e("GET",e,t,void 0,s),r=/<([^>]*)>; rel="next"/.exec(n.headers.get("Link")??""),a=r?new URL(r[1],this.base).searchParams.get("cursor"):null;return{text:await Ge(n.text()),next:a}}async post(e,t,s={}){return si(await this.#e("POST",e,{},t,s))}async read(e,t={}){return Yi(await this.#e("GET",e,{},void 0,t))}async put(e,t,s={}){return Yi(await this.#e("PUT",e,{},t,s))}async delete(e,t={}){return(await this.#e("DELETE",e,{},void 0,t)).status!==202}async#e(e,t,s,n,r){let a=new URL(t,this.base);for(let[h,u]of Object.entries(s))u!=null&&u!==""&&a.searchParams.set(h,String(u));let c=e!=="POST"||r.idempotencyKey!==void 0,d=!1;for(let h=1;;h+=1)try{return await this.#t(e,a,n,r,d)}catch(u){if(!(u instanceof E))throw u;if(u.status===401&&typeof this.token=="function"&&!d){d=!0;continue}if(!c||!u.mayPass||h>=Sr)throw u;await Or(Math.min(u.retryAfterMs||400*3**(h-1),Ar),r.signal)}}async#t(e,t,s,n,r){let a=t.searchParams.get("format"),c={Accept:a?`text/${a}`:"application/json"},d=AbortSignal.timeout(_r),h=n.signal?AbortSignal.any([n.signal,d]):d,u=await this.#i(r,h);u&&(c.Authorization=`Bearer ${u}`),s!==void 0&&(c["Content-Type"]="application/json"),n.idempotencyKey&&(c["Idempotency-Key"]=n.idempotencyKey),n.ifMatch?c["If-Match"]=n.ifMatch:n.isNew&&(c["If-None-Match"]="*");let m=s===void 0?void 0:JSON.stringify(s),b=fetch(t,{method:e,headers:c,body:m,signal:h,credentials:"omit",cache:"no-store"}),$=await Ge(b,"offline");if(!$.ok)throw await Tr($);return $}async#i(e,t){let{token:s}=this;if(typeof s!="function")return s;let n=(async()=>s(e?{renew:e}:void 0))();return Ge(Promise.race([n,Er(t)]),"unsigned")}};function Er(i){return new Promise((e,t)=>{i.aborted?t(i.reason):i.addEventListener("abort",()=>t(i.reason),{once:!0})})}async function Ge(i,e="unreadable"){try{return await i}catch(t){throw le(t)?t:t instanceof DOMException&&t.name==="TimeoutError"?new E("slow"):new E(e)}}async function si(i){return Ge(i.json())}async function Yi(i){return{body:await si(i),etag:i.headers.get("ETag")}}async function Tr(i){let e=Number(i.headers.get("Retry-After")??0)*1e3||0,t={};try{t=await i.json()??{}}catch{}let s=typeof t.detail=="string"?t.detail:"",n=Array.isArray(t.errors)?t.errors:[];return new E("refused",{status:i.status,detail:s,errors:n,retryAfterMs:e})}function Or(i,e){return new Promise((t,s)=>{let n=setTimeout(()=>{e?.removeEventListener("abort",r),t()},i),r=()=>{clearTimeout(n),s(e?.reason)};e?.aborted?r():e?.addEventListener("abort",r,{once:!0})})}function Je(){return crypto.randomUUID()}var Qe=class i{static#e=new Map;static of(e,t){let s=`${e} ${t}`,n=i.#e.get(s);return n||(n=new i(zr(e),t),i.#e.set(s,n)),n}constructor(e,t){this.locale=e,this.timezone=Nr(t,"UTC");let s={timeZone:this.timezone};this.formats={dateTime:new Intl.DateTimeFormat(e,{...s,dateStyle:"medium",timeStyle:"short"}),date:new Intl.DateTimeFormat(e,{...s,dateStyle:"medium"}),time:new Intl.DateTimeFormat(e,{...s,timeStyle:"short"}),seconds:new Intl.DateTimeFormat(e,{...s,dateStyle:"medium",timeStyle:"medium"}),exact:new Intl.DateTimeFormat(e,{...s,dateStyle:"full",timeStyle:"long"}),day:new Intl.DateTimeFormat(e,{timeZone:"UTC",dateStyle:"medium"}),weekday:new Intl.DateTimeFormat(e,{timeZone:"UTC",weekday:"long",day:"numeric",month:"long"}),dayMonth:new Intl.DateTimeFormat(e,{timeZone:"UTC",day:"numeric",month:"short"}),number:new Intl.NumberFormat(e),percent:new Intl.NumberFormat(e,{style:"percent",maximumFractionDigits:0}),ago:new Intl.RelativeTimeFormat(e,{numeric:"auto"})}}dateTime(e){return this.formats.dateTime.format(new Date(e))}date(e){return this.formats.date.format(new Date(e))}time(e){return this.formats.time.format(new Date(e))}seconds(e){return this.formats.seconds.format(new Date(e))}exact(e){return this.timezone==="UTC"?this.full(e):`${this.full(e)} (${e})`}full(e){return this.formats.exact.format(new Date(e))}day(e){return this.formats.day.format(new Date(`${e}T00:00:00Z`))}weekday(e){return this.formats.weekday.format(new Date(`${e}T00:00:00Z`))}dayMonth(e){return this.formats.dayMonth.format(new Date(`${e}T00:00:00Z`))}percent(e){return this.formats.percent.format(e)}number(e){return this.formats.number.format(e)}ago(e,t){let s=(new Date(e).getTime()-t)/1e3;for(let[n,r]of Cr)if(Math.abs(s)>=r)return this.formats.ago.format(Math.round(s/r),n);return this.formats.ago.format(Math.round(s),"second")}today(e){return new Intl.DateTimeFormat("en-CA",{timeZone:this.timezone,dateStyle:"short"}).format(new Date(e))}element(e,t="dateTime"){return e?o`<time dir="auto" datetime=${e} title=${this.exact(e)}>${this[t](e)}</time>`:l}},Cr=[["year",31557600],["month",2629800],["week",604800],["day",86400],["hour",3600],["minute",60]];function se(i,e){let t=new Date(`${i}T00:00:00Z`);return t.setUTCDate(t.getUTCDate()+e),t.toISOString().slice(0,10)}function zr(i){try{return Intl.DateTimeFormat.supportedLocalesOf([i]).length>0?i:"en"}catch{return"en"}}function Nr(i,e){try{return new Intl.DateTimeFormat("en",{timeZone:i}),i}catch{return e}}var w=class extends C{static properties={api:{},token:{attribute:"token"},locale:{},timezone:{}};constructor(){super(),this.api=void 0,this.token=void 0,this.locale=void 0,this.timezone=void 0,this.untilRemoved=new AbortController}connectedCallback(){super.connectedCallback(),this.untilRemoved.signal.aborted&&(this.untilRemoved=new AbortController)}disconnectedCallback(){super.disconnectedCallback(),this.untilRemoved.abort(new DOMException("The element left the page","AbortError"))}get client(){return new Xe({api:this.api||ve().api,token:this.token??ve().token})}get times(){return Qe.of(this.locale||ve().locale,this.timezone||ve().timezone)}get connection(){let{api:e,token:t,locale:s,timezone:n}=this;return{api:e,token:t,locale:s,timezone:n}}set connection(e){Object.assign(this,e)}hasOtherToken(e){return e.has("token")&&!(typeof this.token=="function"&&typeof e.get("token")=="function")}announce(e,t=void 0){let s={detail:t,bubbles:!0,composed:!0,cancelable:!0};return this.dispatchEvent(new CustomEvent(`invoice-email:${e}`,s))}problemOf(e){if(le(e))return null;if(!(e instanceof E))throw e;return e.needsSignIn&&this.announce("unauthorized",{problem:e}),e}};var y=f`:host{--_text: var(--invoice-email-text, light-dark(#1b2230, #e8ebf1));--_muted: var(--invoice-email-muted, light-dark(#545e70, #a5aebd));--_surface: var(--invoice-email-surface, light-dark(#ffffff, #15191f));--_raised: var(--invoice-email-raised, light-dark(#f5f7fa, #1d232c));--_line: var(--invoice-email-line, light-dark(#d5dae2, #363e4b));--_field-line: var(--invoice-email-field-line, light-dark(#7b8698, #76808f));--_accent: var(--invoice-email-accent, light-dark(#1f5fbf, #8ab8ff));--_on-accent: var(--invoice-email-on-accent, light-dark(#ffffff, #0d1520));--_radius: var(--invoice-email-radius, 6px);--_sent: var(--invoice-email-sent, light-dark(#1d4fae, #a3c4ff));--_sent-back: var(--invoice-email-sent-back, light-dark(#e7effd, #1c2b47));--_opened: var(--invoice-email-opened, light-dark(#14602f, #8ce3a9));--_opened-back: var(--invoice-email-opened-back, light-dark(#e0f4e6, #15331f));--_delayed: var(--invoice-email-delayed, light-dark(#7a4a05, #f8d272));--_delayed-back: var(--invoice-email-delayed-back, light-dark(#fdf1d3, #3a2c0c));--_rejected: var(--invoice-email-rejected, light-dark(#a81e14, #ffaaa1));--_rejected-back: var(--invoice-email-rejected-back, light-dark(#fde7e5, #451713));--_marked_spam: var(--invoice-email-marked-spam, light-dark(#7d1a86, #f1b4f8));--_marked_spam-back: var(--invoice-email-marked-spam-back, light-dark(#f9e8fb, #3e1542));--_queued: var(--invoice-email-queued, light-dark(#465064, #c3cad6));--_queued-back: var(--invoice-email-queued-back, light-dark(#edf0f4, #2a313b));display:block;color:var(--_text);background:var(--_surface);font-size:.9375rem;line-height:1.45;font-weight:400;font-style:normal;letter-spacing:normal;word-spacing:normal;text-transform:none;text-indent:0;text-align:left;white-space:normal}:host(:dir(rtl)){text-align:right}:is(h2,h3,p,li,dt,dd,span,strong,button,label,summary){unicode-bidi:plaintext}:host([hidden]){display:none}*,*:before,*:after{box-sizing:border-box}.icon{flex:none;inline-size:1em;block-size:1em;vertical-align:-.125em}:focus-visible{outline:2px solid var(--_accent);outline-offset:2px}.unseen{position:absolute;inline-size:1px;block-size:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}.muted{color:var(--_muted)}h2,h3,p{margin:0}a{color:var(--_accent)}@media(prefers-reduced-motion:reduce){*,*:before,*:after{animation:none!important;transition:none!important}}`,v=f`button,.button{display:inline-flex;align-items:center;justify-content:center;gap:.4em;min-block-size:2.25rem;padding:.25rem .75rem;border:1px solid var(--_field-line);border-radius:var(--_radius);background:var(--_surface);color:var(--_text);font:inherit;cursor:pointer}button:hover{background:var(--_raised)}button.primary{border-color:transparent;background:var(--_accent);color:var(--_on-accent)}button.plain{border-color:transparent;background:none;color:var(--_accent)}button[aria-disabled=true],button:disabled{opacity:.6;cursor:default}label{display:grid;gap:.2rem;font-size:.875em;color:var(--_muted)}input:not([type=checkbox],[type=radio]),select,textarea{min-block-size:2.25rem;inline-size:100%;padding:.25rem .5rem;border:1px solid var(--_field-line);border-radius:var(--_radius);background:var(--_surface);color:var(--_text);font:inherit;font-size:1rem}[aria-invalid=true]{border-color:var(--_rejected)!important}.error{color:var(--_rejected)}`,es=f`form,.field{display:grid;min-inline-size:0}form{gap:1rem}.field{align-content:start;gap:.2rem}.hint,.error{font-size:.875em;overflow-wrap:anywhere}.hint{color:var(--_muted)}[hidden]{display:none}.check{display:flex;align-items:center;gap:.5rem;min-block-size:1.75rem;justify-self:start;font-size:inherit;color:inherit}.actions{position:sticky;inset-block-end:-1px;z-index:1;display:flex;flex-wrap:wrap;align-items:center;justify-content:end;gap:.5rem;padding-block:.75rem 1rem;border-block-start:1px solid var(--_line);background:var(--_surface)}input,textarea,summary,button{scroll-margin-block:5rem 8rem}summary{min-block-size:1.75rem;cursor:pointer}.row{display:flex;flex-wrap:wrap;align-items:center;gap:.5rem}`,M=f`.badge,.chip{display:inline-flex;align-items:center;gap:.35em;padding:.1em .6em;border:1px solid currentColor;border-radius:1em;font-size:.875em;white-space:nowrap;color:var(--_queued);background:var(--_queued-back)}.badge.sent,.chip.processed,.chip.delivered{color:var(--_sent);background:var(--_sent-back)}.badge.opened,.chip.opened,.chip.clicked,.chip.portal_confirmed{color:var(--_opened);background:var(--_opened-back)}.badge.delayed,.chip.deferred{color:var(--_delayed);background:var(--_delayed-back)}.badge.rejected,.chip.bounced,.chip.blocked,.chip.dropped{color:var(--_rejected);background:var(--_rejected-back)}.badge.marked_spam,.chip.complained,.chip.unsubscribed{color:var(--_marked_spam);background:var(--_marked_spam-back)}.skipped{margin-block-start:.5rem;font-size:.875rem}.skipped ul{margin:0;padding-inline-start:1.25rem}.chip.automatic{color:var(--_queued);background:var(--_queued-back);border-style:dashed}`,T=f`.notice{display:flex;flex-wrap:wrap;align-items:center;gap:.5rem 1rem;padding:.75rem 1rem;border:1px solid var(--_line);border-inline-start:4px solid var(--_accent);border-radius:var(--_radius);background:var(--_raised)}.notice.problem{border-inline-start-color:var(--_rejected)}.question{position:sticky;inset-block-start:0;z-index:2;justify-content:space-between;border-inline-start-color:var(--_delayed)}`,de=f`.badge,.chip{white-space:normal}ol,ul{margin:0;padding:0;list-style:none}.skeleton{display:grid;align-content:start;gap:.75rem}.skeleton i{block-size:.875rem;border-radius:var(--_radius);background:var(--_raised)}.skeleton i:nth-child(2n){inline-size:62%}`;var ts={envelope:g`<rect x="1.5" y="3" width="13" height="10" rx="1.5"/><path d="m2 4 6 5 6-5"/>`,sent:g`<path d="M14.5 1.5 7 9M14.5 1.5l-4.5 13-3-5.5-5.5-3z"/>`,opened:g`<path d="m1.5 7 6.5-4.5L14.5 7v6.5h-13zM2 7.5 8 11l6-3.5"/>`,delayed:g`<circle cx="8" cy="8" r="6.5"/><path d="M8 4v4l3 2"/>`,rejected:g`<circle cx="8" cy="8" r="6.5"/><path d="m5.5 5.5 5 5m0-5-5 5"/>`,marked_spam:g`<path d="M8 1.5 14.5 13.5h-13zM8 6v3.5M8 11.4v.4"/>`,queued:g`<path d="M4 1.5h8M4 14.5h8M5 1.5v3L8 8l3-3.5v-3M5 14.5v-3L8 8l3 3.5v3"/>`,delivered:g`<path d="m2 8.5 4 4 8-9"/>`,clicked:g`<path d="m4 3 9 4.5-4 1.5-1.5 4zM9 9l4 4"/>`,machine:g`<rect x="2.5" y="5" width="11" height="8" rx="1.5"/><path d="M8 5V2M5.8 8.5v1M10.2 8.5v1"/>`,refresh:g`<path d="M13.5 8a5.5 5.5 0 1 1-1.6-3.9M13.5 1.5v3h-3"/>`,close:g`<path d="m3.5 3.5 9 9m0-9-9 9"/>`,download:g`<path d="M8 1.5v8.5m-3.5-3L8 10.5 11.5 7M2 14h12"/>`,filter:g`<path d="M1.5 2.5h13l-5 6v5l-3-1.5v-3.5z"/>`,previous:g`<path d="m10 3-5 5 5 5"/>`,next:g`<path d="m6 3 5 5-5 5"/>`,down:g`<path d="m3 6 5 5 5-5"/>`,info:g`<circle cx="8" cy="8" r="6.5"/><path d="M8 7.5v3.8M8 4.6v.5"/>`,edit:g`<path d="m2 14 .8-3.5L11 2.3 13.7 5 5.5 13.2z"/>`,send_again:g`<path d="M2.5 8a5.5 5.5 0 1 0 1.6-3.9M2.5 1.5v3h3"/>`,phone:g`<path d="M3 1.5h2.5l1 3.5L5 6.5a8 8 0 0 0 4.5 4.5L11 9.5l3.5 1V13a1.5 1.5 0 0 1-1.5 1.5A11.5 11.5 0 0 1 1.5 3 1.5 1.5 0 0 1 3 1.5z"/>`,hand:g`<circle cx="8" cy="8" r="6.5"/><path d="m3.5 12.5 9-9"/>`,empty:g`<circle cx="8" cy="8" r="6.5"/><path d="m5 8.5 2 2 4-5"/>`},Mr={processed:"sent",dropped:"hand",deferred:"delayed",bounced:"rejected",blocked:"rejected",auto_replied:"machine",complained:"marked_spam",unsubscribed:"hand",bounced_elsewhere:"info",portal_confirmed:"delivered"};function p(i){let e=ts[i]??ts.info;return o`<svg
class="icon"
viewBox="0 0 16 16"
width="16"
height="16"
fill="none"
stroke="currentColor"
stroke-width="1.5"
stroke-linecap="round"
stroke-linejoin="round"
aria-hidden="true"
focusable="false"
>${e}</svg>`}function Ze(i,e=!1){return p(e?"machine":Mr[i]??i)}var ni=class extends C{static properties={heading:{},wide:{type:Boolean}};static styles=[y,v,f`:host{display:contents}dialog{inline-size:min(34rem,100vw - 1rem);--_above: clamp(.5rem, 9dvh, 8rem);margin-block-start:var(--_above);max-block-size:calc(100dvh - var(--_above) - .5rem);padding:0;border:1px solid var(--_line);border-radius:calc(var(--_radius) * 2);background:var(--_surface);color:var(--_text);overflow:auto;scroll-padding-block-start:4rem;scroll-padding-block-end:4.5rem}:host([wide]) dialog{inline-size:min(60rem,100vw - 1rem)}dialog::backdrop{background:#0000007f}header{position:sticky;inset-block-start:0;z-index:3;display:flex;align-items:center;justify-content:space-between;gap:1rem;padding:.75rem 1rem;border-block-end:1px solid var(--_line);background:var(--_surface)}h2{min-inline-size:0;font-size:1.125rem;overflow-wrap:anywhere}.content{padding:1rem}`];constructor(){super(),this.heading="",this.wide=!1,this.isAsked=!1}firstUpdated(){this.renderRoot.querySelector("dialog")?.showModal(),this.querySelector("[data-autofocus]")?.focus()}close(){this.isAsked=!0,this.renderRoot.querySelector("dialog")?.close()}#e(){return this.dispatchEvent(new CustomEvent("cancel",{cancelable:!0}))}#t(){this.#e()&&this.close()}#i(e){e.target===e.currentTarget&&(e.preventDefault(),this.#t())}#s(e){e.key!=="Escape"||e.isComposing||e.defaultPrevented||(e.preventDefault(),this.#t())}#n(){if(!this.isAsked&&!this.#e()){this.renderRoot.querySelector("dialog")?.showModal();return}this.dispatchEvent(new CustomEvent("close"))}render(){return o`<dialog
aria-labelledby="heading"
part="dialog"
@close=${this.#n}
@cancel=${this.#i}
@keydown=${this.#s}
>
<header>
<h2 id="heading">${this.heading}</h2>
<button type="button" class="plain" aria-label="Close" @click=${this.#t}>${p("close")}</button>
</header>
<div class="content"><slot></slot></div>
</dialog>`}};customElements.get("invoice-email-dialog")??customElements.define("invoice-email-dialog",ni);function W(i){let{connection:e,invoice:t,following:s}=i;if(s==="")return l;let n=()=>{i.following=""};return s==="send"?o`<invoice-email-send
exportparts="dialog"
dialog
.invoice=${t}
.connection=${e}
@close=${n}
></invoice-email-send>`:o`<invoice-email-dialog exportparts="dialog" wide heading=${`Invoice ${t}`} @close=${n}>
<invoice-communications
exportparts="dialog"
.invoice=${t}
.send=${i.followed}
.connection=${e}
></invoice-communications>
</invoice-email-dialog>`}var k={sent:"Sent",opened:"Opened",delayed:"Delayed",rejected:"Rejected",marked_spam:"Marked Spam",queued:"Queued"},R={queued:"Waits to be sent.",sent:"On its way, or delivered.",opened:"Opened or clicked, possibly by a person.",delayed:"The recipient's mail server puts it off; Amazon SES keeps trying.",rejected:"Refused, blocked or not sent at all; the reason says which.",marked_spam:"The recipient reported it as spam."},Pr={processed:"Processed",dropped:"Dropped",deferred:"Deferred",bounced:"Bounce",blocked:"Block",auto_replied:"Auto-reply",delivered:"Delivered",complained:"Spam report",opened:"Open",clicked:"Click",unsubscribed:"Unsubscribed",bounced_elsewhere:"Bounce elsewhere",portal_confirmed:"Confirmed in the portal"},Ir={processed:"Amazon SES, which sends the e-mails, took the message.",dropped:"The message was not sent.",deferred:"The recipient's mail server put the message off; Amazon SES keeps trying.",bounced:"The recipient's mail server refused the message for good.",blocked:"Amazon SES gave up: the recipient's mail server did not take the message.",auto_replied:"An automatic reply came back, such as an out-of-office note.",delivered:"The recipient's mail server took the message. It may have put it into the spam folder.",complained:"The recipient reported the message as spam.",opened:"The mail's image was loaded, possibly by a person who read it.",clicked:"A link of the mail was followed.",unsubscribed:"The recipient does not want further e-mails.",bounced_elsewhere:"It was probably forwarded, and bounced there. It had been delivered here before.",portal_confirmed:"The client acted on the invoice's page in the portal."};function ne(i,e=!1){let t=Pr[i]??Ee(i.replaceAll("_"," "));return e?`${t} (automatic)`:t}function Ye(i,e=!1){return e?"A machine did this, such as a privacy proxy or a security scanner. It says nothing about a reader.":Ir[i]??""}var K={none:"None",accepted:"Accepted",delivered:"Delivered",fetched_automatically:"Fetched automatically",possibly_opened:"Possibly opened",clicked:"Clicked",portal_confirmed:"Confirmed in the portal"},G={none:"It has not been sent, as far as is known.",accepted:"Amazon SES, which sends the e-mails, took the message; no delivery was reported.",delivered:"The recipient's mail server took the message. It may lie in the spam folder.",fetched_automatically:"A machine loaded the mail's image or followed a link, such as Apple's privacy proxy or a scanner. That suggests that it arrived, and says nothing about a reader.",possibly_opened:"The mail's image was loaded as a mail program does when somebody opens it. A person possibly read it, perhaps somebody else with the same mail.",clicked:"A link of the mail was followed, most likely by a person.",portal_confirmed:"The client acted on the invoice's page in the portal."},et={correct_address:"Correct the address",wait:"Wait",call:"Call the client",ask_to_allow:"Ask the client to allow your e-mails",do_not_email:"Do not e-mail this person",send_again:"Send it again"},is={correct_address:"Find out the right address, then send again to it.",wait:"Nothing to do yet: Amazon SES keeps trying by itself.",call:"Call the client, or reach them in another way.",ask_to_allow:"Ask the client to let your e-mails in, for example by adding your address to their contacts.",do_not_email:"Do not e-mail this person; reach them in another way.",send_again:"Send it again."},F={to:"To",cc:"Cc",bcc:"Bcc"},tt={manual:"Sent by hand",automatic:"Sent automatically",resend:"Sent again"};function it(i,e){return i>0?"":e?"not seen":"not tracked"}var st="Possibly forwarded: people's clicks came from three or more networks, days apart: others may have this e-mail.",nt=["Opened: the mail's image was loaded or a link was followed, possibly by a person. Somebody else with the mail may have done it.","Not seen: proves nothing. Many mail programs load no images.","Not tracked: nothing is known of opens and clicks.","Automatic: machines that show themselves, such as Apple Mail's privacy proxy, Gmail's prefetch and many scanners. They never count as a reader; a scanner that poses as a browser still can.","Delivered: the recipient's mail server took the message; it may lie in the spam folder.","Marked Spam: reported by providers that do so; Gmail does not."],Rr=/ The server said: “(?<answer>.*)”$/su;function D(i){let e=i??"",t=Rr.exec(e);return t?{words:e.slice(0,t.index),answer:t.groups?.answer??""}:{words:e,answer:""}}function Ee(i){return i.charAt(0).toUpperCase()+i.slice(1)}var ss={not_invited:"not invited into the portal",invitation_pending:"invitation pending",invitation_expired:"invitation expired",no_login:"no login yet",suppressed:"blocked address"};var oi={today:"Today",yesterday:"Yesterday","last-7-days":"Last 7 days","last-30-days":"Last 30 days","this-month":"This month","last-month":"Last month",custom:"From – to"},rt="last-30-days",he=["client","recipient","invoice"],ri=["period","from","to","day","status",...he];function pe(){return{period:rt,from:"",to:"",day:"",status:[],client:"",recipient:"",invoice:""}}function ot(i){let e=n=>(i(n)??"").trim();return{period:!!(e("from")||e("to"))?"custom":Object.hasOwn(oi,e("period"))?e("period"):rt,from:e("from"),to:e("to"),day:Oe(e("day"))?e("day"):"",status:e("status").split(",").map(n=>n.trim()).filter(n=>Object.hasOwn(k,n)),client:e("client"),recipient:e("recipient"),invoice:e("invoice")}}function ns(i,e){return ri.some(t=>i.has(e+t))}function rs(i,e,t){let s=i.period==="custom",n={period:s||i.period===rt?"":i.period,from:s?i.from:"",to:s?i.to:"",day:i.day,status:i.status.join(","),client:i.client,recipient:i.recipient,invoice:i.invoice},r=u=>ri.some(m=>new URLSearchParams(u).has(t+m)),a=e.replace(/^\?/,"").split("&").filter(u=>u&&!r(u)),c=u=>encodeURIComponent(u).replaceAll("%2C",",").replaceAll("%40","@"),d=ri.filter(u=>n[u]).map(u=>`${t}${u}=${c(n[u])}`),h=[...a,...d];return h.length>0?`?${h.join("&")}`:""}function Te({period:i,from:e,to:t},s){let n=`${s.slice(0,8)}01`,r=se(n,-1);switch(i){case"today":return{from:s,to:s};case"yesterday":return{from:se(s,-1),to:se(s,-1)};case"last-7-days":return{from:se(s,-6),to:s};case"this-month":return{from:n,to:s};case"last-month":return{from:`${r.slice(0,8)}01`,to:r};case"custom":{let a=t||s;return{from:e||(Oe(a)?se(a,-29):""),to:a}}default:return{from:se(s,-29),to:s}}}function at(i,e){return i.day?{from:i.day,to:i.day}:Te(i,e)}function lt(i,e){let{from:t,to:s}=Te(i,e);return i.day<t||i.day>s?{...i,day:""}:i}function ai(i){return he.some(e=>i[e]!=="")}function li(i){return i.day!==""||i.status.length>0||ai(i)}function os(i){return!li(i)&&i.period===rt}function as({from:i,to:e},t){let[s,n]=[i,e].map(r=>Oe(r)?t.day(r):r);return i===e?s:`${s} – ${n}`}function ls({status:i,client:e,recipient:t,invoice:s}){let n=i.map(r=>k[r]??r);return[n.length>0?`Sent Status: ${n.join(", ")}`:"",e?`Client: ${e}`:"",t?`Recipient: ${t}`:"",s?`Invoice: ${s}`:""].filter(Boolean)}function Oe(i){return/^\d{4}-\d\d-\d\d$/.test(i)&&!Number.isNaN(Date.parse(i))}var ze=100,cs=5*ze,ds=5,hs=ze/2,Dr=16e3,Lr=15e6,ct=class{pages=[];shown={first:0,last:-1};stale=!1;loading=!1;paused=!1;lookedThrough=0;problem=null;#e=void 0;#t=new AbortController;constructor({ask:e,problemOf:t,changed:s,replaced:n}){this.ask=e,this.problemOf=t,this.changed=s,this.replaced=n}get count(){let e=this.pages.at(-1);return e?e.start+e.count:0}get ended(){return this.#e===null}get full(){return Ce(this.pages)>Lr}get range(){let{first:e,last:t}=this.shown,[s,n]=[this.pages[e],this.pages[t]];return s&&n?{first:s.start+1,last:n.start+n.count}:{first:0,last:0}}async restart(){return this.stop(),this.stale=this.pages.length>0,this.paused=!1,this.lookedThrough=0,this.#e=void 0,this.more()}stop(){this.#t.abort(new DOMException("No longer wanted","AbortError")),this.#t=new AbortController,this.loading=!1;for(let e of this.pages)e.fetching=null}async more(){if(this.loading||this.ended||this.full)return;this.loading=!0,this.problem=null,this.changed();let{signal:e}=this.#t;try{await this.#i(e)}catch(t){if(e.aborted)return;this.#n(t)}finally{e.aborted||(this.loading=!1,this.changed())}}async#i(e){let t=0;for(let s=0;s<ds&&t<hs&&!this.ended;s+=1){let n=this.#e??void 0,r=await this.ask(n,e);e.throwIfAborted(),n===void 0&&this.#s(),this.#r(n,r),t+=r.rows.length,this.changed()}this.paused=t<hs&&!this.ended}#s(){this.stale&&this.replaced(),this.pages=[],this.shown={first:0,last:-1},this.stale=!1}#n(e){this.problem=this.problemOf(e),this.stale&&this.problem&&this.#s()}#r(e,{rows:t,next_cursor:s}){this.#e=s,s!==null&&t.length<ze&&(this.lookedThrough+=Dr);let n=t.at(-1);if(!n)return;let r=this.shown.last===this.pages.length-1,a={cursor:e,next:s,rows:t,last:n,count:t.length,start:this.count,heightPx:0,problem:null,fetching:null};this.pages.push(a),r?this.shown={...this.shown,last:this.pages.length-1}:a.heightPx=this.#a(a.count)}#a(e){return Ce(this.pages)/Math.max(this.count,1)*e}look(e,t){if(this.pages.length===0)return!1;let s=this.#l(e,t),n=this.#o(s),r=n.first!==this.shown.first||n.last!==this.shown.last;return this.shown=n,this.pages.forEach((a,c)=>{c>=n.first&&c<=n.last?c>=s.first&&c<=s.last&&!a.rows&&!a.problem&&this.fetchAgain(a):this.#c(a,c)}),r}#l(e,t){let s=this.pages.length-1,n=0,r=0;return this.pages.forEach((a,c)=>{let d=r+a.heightPx;d>e&&(s=Math.min(s,c)),r<t&&(n=c),r=d}),{first:s,last:Math.max(s,n)}}#o({first:e,last:t}){let s=0;for(let n=e;n<=t;n+=1)s+=this.pages[n].count;for(let n=!0;n;){n=!1;let r=this.pages[t+1];r?.rows&&s+r.count<=cs&&([t,s,n]=[t+1,s+r.count,!0]);let a=this.pages[e-1];a?.rows&&s+a.count<=cs&&([e,s,n]=[e-1,s+a.count,!0])}return{first:e,last:t}}#c(e,t){e.fetching?.abort(new DOMException("Scrolled past","AbortError")),e.fetching=null,e.problem=null,t>0&&(e.rows=null)}async fetchAgain(e){if(e.fetching||this.stale)return;let t=new AbortController;e.fetching=t,e.problem=null;try{e.rows=await this.#p(e,AbortSignal.any([t.signal,this.#t.signal])),this.#h(e)}catch(s){if(le(s))return;e.problem=this.problemOf(s)}finally{e.fetching===t&&(e.fetching=null),this.changed()}}#h(e){let t=(e.rows?.length??0)-e.count;e.count+=t;for(let s of this.pages.slice(this.pages.indexOf(e)+1))s.start+=t}async#p({cursor:e,next:t,last:s},n){let r=[],a=e;for(let c=0;c<ds;c+=1){let d=await this.ask(a,n);if(n.throwIfAborted(),d.next_cursor===t)return[...r,...d.rows];let h=d.rows.findIndex(u=>Ur(u,s));if(r.push(...h<0?d.rows:d.rows.slice(0,h)),h>=0||d.next_cursor===null)return r;a=d.next_cursor}throw new E("slow")}};function Ur(i,e){return i.send===e.send?ps(i)>ps(e):i.send<e.send}function ps({kind:i,recipient:e}){return["to","cc","bcc"].indexOf(i)*100+Number(e.split(":")[1])}function Ce(i){return i.reduce((e,t)=>e+t.heightPx,0)}var dt=class{constructor(e,t,s){this.prefix=t,this.moved=s,e.addController(this)}hostConnected(){window.addEventListener("popstate",this.#e)}hostDisconnected(){window.removeEventListener("popstate",this.#e)}read(){let e=this.prefix(),t=new URLSearchParams(location.search);return e!==null&&ns(t,e)?ot(s=>t.get(e+s)):null}write(e){let t=this.prefix();if(t===null)return;let{pathname:s,search:n,hash:r}=location,a=rs(e,n,t);a!==n&&history.pushState(history.state,"",s+a+r)}#e=()=>{this.prefix()!==null&&this.moved()}};var us=f`@media screen{@container report (max-width: 74rem){table,tbody,thead{display:block}tr{display:grid;grid-template:"fold when invoice recipient opens status" auto "fold when client subject clicks evidence" auto / 2rem 6.5rem minmax(8.25rem,1fr) minmax(7.5rem,2fr) 7.5rem 8.25rem;border-block-end:1px solid var(--_line)}thead{position:sticky;inset-block-start:var(--invoice-email-sticky-top, 0px);z-index:1;background:var(--_surface)}tbody td,tbody th,thead th{position:static;inline-size:auto!important;min-inline-size:0;block-size:auto;min-block-size:1.75rem;padding-block:.15rem;border:none;align-self:center}.fold{grid-area:fold}.when{grid-area:when}.invoice{grid-area:invoice}.client{grid-area:client}.recipient{grid-area:recipient}.subject{grid-area:subject}.opens{grid-area:opens}.clicks{grid-area:clicks}.evidence{grid-area:evidence}.status{grid-area:status}tr.open{border-block-end:none}.details,.awaited,.space{display:block}.space{border:none}.details>td,.awaited>td{display:block}.details>td{padding-block-end:1rem}.opens .machines,.clicks .machines{display:inline-flex;margin-inline-start:.4em}}@container report (max-width: 40rem){thead{position:absolute;inline-size:1px;block-size:1px;overflow:hidden;clip-path:inset(50%)}tr{grid-template:"invoice status" auto "client client" auto "recipient recipient" auto "subject subject" auto "when when" auto "evidence evidence" auto "opens clicks" auto "fold fold" auto / minmax(0,1fr) auto;gap:0 .75rem;padding:.5rem .25rem}tbody td,tbody th{padding-inline:0}tbody .status,tbody .clicks{text-align:end;justify-self:end}.lines{display:block}.when span{display:inline}.opens:before,.clicks:before,.evidence:before{content:attr(data-label) " ";color:var(--_muted);font-size:.8125rem}.fold button:after{content:"Details"}.details{padding:0}.details>td{padding:0 .25rem 1rem}}}`;function z(i){if(!i)return o`<span class="badge" part="badge">Not e-mailed</span>`;let e=i,t=k[e]??i;return o`<span class="badge ${i}" part="badge badge-${i}" title=${R[e]??l}
>${p(i)}${t}</span
>`}function ms(i){let e=i;return o`<span title=${G[e]??l}>${K[e]??i}</span>`}function ht(i,e,t,s){return Object.keys(e).reverse().filter(r=>i[r]>0).map((r,a)=>o`${a?" · ":""}<span title=${t[r]}>${s.number(i[r])}\u00a0${e[r]}</span>`)}function pt(i){let e=i.lastIndexOf("@")+1;return o`<bdi>${i.slice(0,e)}<wbr />${i.slice(e)}</bdi>`}function _(i,e){return o`<div class="notice problem" part="problem" role="alert">
<span>${i.message}</span>
${e?o`<button type="button" @click=${e}>${p("refresh")}Try again</button>`:l}
</div>`}var ue=[["fold","Details"],["when","Sent"],["invoice","Invoice"],["client","Client"],["recipient","Recipient"],["subject","Subject"],["opens","Opens"],["clicks","Clicks"],["evidence","Evidence"],["status","Sent Status"]];function me(i){return`${i.send}-${i.recipient.replace(":","-")}`}function di(i){return i.number??i.invoice}function fs(i,e,t){let s=t.isOpen(i),n=me(i);return o`<tr role="row" part="row" class=${s?"open":""} aria-rowindex=${e} data-key=${n}>
<td role="cell" class="fold">
<button
type="button"
class="plain"
aria-expanded=${s}
aria-controls=${s?n:l}
aria-label="Details of invoice ${di(i)} to ${i.address}"
@click=${()=>t.toggle(i)}
>
${p("down")}
</button>
</td>
<td role="cell" class="when">${jr(i.submitted_at,t.times)}</td>
<th role="rowheader" scope="row" class="invoice">${qr(i,t)}</th>
<td role="cell" class="client" title=${i.client??l}><bdi class="lines">${i.client_name??i.client??"–"}</bdi></td>
<td role="cell" class="recipient" title=${i.address}>
<span class="lines"><span class="kind">${F[i.kind]??i.kind}</span> ${pt(i.address)}</span>
</td>
<td role="cell" class="subject" title=${i.subject}><bdi class="lines">${i.subject}</bdi></td>
<td role="cell" class="opens" data-label="Opens">${Vr(i,t.times)}</td>
<td role="cell" class="clicks" data-label="Clicks">${Br(i,t.times)}</td>
<td role="cell" class="evidence" data-label="Evidence">${ms(i.evidence)}</td>
<td role="cell" class="status">${z(i.sent_status)}</td>
</tr>
${s?Fr(i,n,t):l}`}function jr(i,e){return o`<time datetime=${i} title=${e.exact(i)}
><span>${e.date(i)}</span> <span class="muted">${e.time(i)}</span></time
>`}function qr(i,{select:e,connection:t}){return o`<button type="button" class="plain number" part="invoice" title=${di(i)} @click=${()=>e(i)}>
${di(i)}
</button>
<invoice-email-history
.invoice=${i.invoice}
.connection=${t}
></invoice-email-history>`}function gs(i,e){return i===0?l:o`<span class="machines">${p("machine")}${e.number(i)} automatic</span>`}function bs({sent_status:i,evidence:e,automatic_opens:t}){return i==="rejected"&&t===0&&(e==="none"||e==="accepted")}function Vr(i,e){let t=i.opens>0?o`<span class="people">${e.number(i.opens)}</span>`:o`<span class="muted">${bs(i)?"–":it(i.opens,i.tracked!==!1)}</span>`;return o`${t}${gs(i.automatic_opens,e)}`}function Br(i,e){let t=i.tracked===!1?"not tracked":"0",s=o`<span class=${i.clicks>0?"people":"muted"}>${i.clicks>0?e.number(i.clicks):t}</span>`;return o`${s}${gs(i.automatic_clicks,e)}`}function Fr(i,e,{times:t,select:s,onlyClient:n}){let r=D(i.reason);return o`<tr role="row" part="details" class="details" id=${e}>
<td role="cell" colspan=${ue.length}>
<dl>
${r.words?N("Reason",r.words):l}
${r.answer?N("The server’s answer",o`<q>${r.answer}</q>`):l}
${i.next_action?N("Next step",o`<strong>${Wr(i,t)}</strong> ${$s("Open its e-mails",()=>s(i))}`):l}
${N(`Sent Status: ${k[i.sent_status]??i.sent_status}`,R[i.sent_status]??"")}
${N(`Evidence: ${K[i.evidence]??i.evidence}`,G[i.evidence]??"")}
${N("Opens",Kr(i,t))} ${N("Clicks",Gr(i,t))}
${N("Submitted",ci(i.submitted_at,t))} ${N("Sent Status since",ci(i.status_at,t))}
${i.last_opened_at?N("Last opened",ci(i.last_opened_at,t)):l}
${N("Recipient",`${F[i.kind]??i.kind}: ${i.address}`)} ${N("Subject",i.subject)}
${i.client?N("Client",Hr(i,n)):l}
</dl>
</td>
</tr>`}function $s(i,e){return o`<button type="button" class="plain small" @click=${e}>${i}</button>`}function Hr({client:i,client_name:e},t){let s=i??"";return o`${e?`${e} (${s})`:s} ${$s("Show only this client",()=>t(s))}`}function ci(i,e){return o`<time datetime=${i} title=${i}>${e.full(i)}</time>`}function N(i,e){return o`<div>
<dt>${i}</dt>
<dd><bdi>${e}</bdi></dd>
</div>`}function Wr({next_action:i,wait_until:e},t){let s=et[i??""]??i;return e?`${s} until ${t.dateTime(e)}`:s}function Kr(i,e){let t=i.opens>0?`${e.number(i.opens)} possibly by people.`:`${i.tracked===!1?"Not tracked":bs(i)?"None: it did not arrive":"Not seen, which proves nothing"}.`;return i.automatic_opens>0?`${t} ${e.number(i.automatic_opens)} by machines.`:t}function Gr(i,e){let t=i.clicks>0?`${e.number(i.clicks)} most likely by people.`:i.tracked===!1?"Not tracked.":"None seen.";return i.automatic_clicks>0?`${t} ${e.number(i.automatic_clicks)} by machines.`:t}function ys(i){return Array.from({length:i},()=>o`<tr role="row" class="skeleton">
${ue.map(([e])=>o`<td role="cell" class=${e}><span></span></td>`)}
</tr>`)}var Xr="This period has more e-mails than can be counted at once. The table below shows them all the same; totals and chart need a shorter period.",Jr="Totals and chart are for the whole period, not only for the client, recipient or invoice above.";function vs(i,e,{query:t,loadedAt:s,connection:n,refresh:r}){return o`<div class="head" part="head">
<h2 id="title">Invoice Email report</h2>
<span class="muted loaded">${s?`Loaded ${s}`:l}</span>
<button type="button" part="refresh" @click=${r}>${p("refresh")}Refresh</button>
<invoice-email-report-download
exportparts="download, download-progress"
.query=${t}
.days=${i}
.total=${e}
.connection=${n}
></invoice-email-report-download>
</div>`}function ws(i,e,{connection:t,hasMistakes:s,isTold:n,pick:r,again:a}){let c=i.problem&&!i.tooMany&&!n?_(i.problem,a):l,d=i.tooMany&&!s?Xr:"",h=ai(e)&&i.summary?Jr:d;return o`<invoice-email-report-totals
exportparts="tile, note, chart, evidence"
.summary=${i.summary}
.loading=${i.loading}
.stale=${i.stale}
.day=${e.day}
.status=${e.status}
.note=${h}
.connection=${t}
@pick=${u=>r(u.detail)}
></invoice-email-report-totals>
${c}`}function ks(i,e,{times:t,explain:s,allDays:n}){return o`<div class="bar">
<p class="muted"><bdi>${i}, newest first. Times in ${t.timezone}.</bdi></p>
${e.day?o`<button type="button" part="day" title="Show all days" @click=${n}>Only ${i}${p("close")}</button>`:l}
<button type="button" class="plain" aria-haspopup="dialog" @click=${s}>${p("info")}What an open proves</button>
</div>`}function xs(i,e,t,s,n){let{first:r,last:a}=t.range,c=t.ended&&r===1&&a===t.count,d=c?`All ${n.number(a)} e-mails`:`E-mails ${n.number(r)} to ${n.number(a)}`,h=c?"":s===null?", not all":` of ${n.number(s)}`;return o`<div class="on-paper">
<p>${i}. Times in ${n.timezone}. ${ls(e).join(". ")}</p>
<p>${d}${h}, newest first.</p>
</div>`}function _s(i,e,{hasMistakes:t,showAll:s,again:n}){if(i.count>0||i.stale)return null;if(i.problem)return _(i.problem,t?void 0:n);if(i.loading&&i.lookedThrough===0)return null;if(!i.ended)return hi("filter","Nothing that matches was found yet.");if(!li(e))return hi("envelope","No invoice was e-mailed in this period.");let r=o`<button type="button" @click=${s}>Show all of the period</button>`,a=e.client?" A client is filtered by its id, which stands in the details of each of its rows.":"";return hi("filter",`No e-mail of this period matches the filters.${a}`,r)}function hi(i,e,t=l){return o`<div class="empty" part="empty">
${p(i)}
<p>${e}</p>
${t}
</div>`}function Qr(i,e,t){let s=t.number(i.count),n=i.count===1?"e-mail":"e-mails",r=`About ${t.number(i.lookedThrough)} were looked through.`;return i.stale||i.loading&&i.count+i.lookedThrough===0?"Loading…":i.ended?i.count===0?"":`End of the list: ${s} ${n}.`:i.loading&&i.lookedThrough>0?`Still searching: ${s} ${n} found. ${r}`:i.paused?`${s} ${n} found so far. ${r}`:i.full?`${s} ${n} are as many as can be shown at once. For older ones choose another period, or download the CSV file.`:e!==null&&e>i.count?`${s} of ${t.number(e)} e-mails`:`${s} ${n}`}function Ss(i,{total:e,times:t,more:s,again:n}){let r=i.count+i.lookedThrough>0&&!i.stale,a=i.paused?"Continue":"Load more",c=i.problem?i.count===0:i.ended;return o`<div class="foot ${c?"ended":""}" part="foot" tabindex="-1">
${i.problem&&i.count>0?_(i.problem,n):l}
<p role="status"><bdi>${i.problem&&i.count===0?"":Qr(i,e,t)}</bdi></p>
${r&&!i.ended&&!i.full?o`<button type="button" part="more" aria-disabled=${i.loading} @click=${s}>${i.loading?"Loading…":a}</button>`:l}
</div>`}function pi(){return o`<ul class="proof">
${nt.map(i=>o`<li>${i}</li>`)}
</ul>`}var Zr={rootMargin:"1200px 0px",scrollMargin:"1200px 0px"},Ne=class{#e=null;#t=new Set;constructor(e,{selector:t,look:s}){this.host=e,this.selector=t,this.look=s,this.inView=new Set,e.addController(this)}hostDisconnected(){this.#e?.disconnect(),this.#e=null,this.#t.clear(),this.inView.clear()}hostUpdated(){this.#e??=new IntersectionObserver(this.#i,Zr);let e=new Set(this.host.renderRoot.querySelectorAll(this.selector));for(let t of this.#t)this.#e.unobserve(t),e.has(t)||this.inView.delete(t);this.#t=e;for(let t of e)this.#e.observe(t)}static rangePx(e){let{top:t}=e.getBoundingClientRect();return{fromPx:-t-1200,untilPx:window.innerHeight-t+1200}}#i=e=>{for(let{target:t,isIntersecting:s}of e)s?this.inView.add(t):this.inView.delete(t);this.look(this.inView)}};var As=f`:host{container:report / inline-size}.report{display:grid;grid-template-columns:minmax(0,1fr);gap:1rem}.head,.bar{display:flex;flex-wrap:wrap;align-items:center;gap:.5rem .75rem}h2{flex:1 1 auto;font-size:1.25rem}.loaded{min-inline-size:8.5em}@container report (min-width: 40rem){.loaded{text-align:end}}.bar{justify-content:space-between;margin-block-end:-.75rem;scroll-margin-block-start:var(--invoice-email-sticky-top, 0px);font-size:.875rem}.bar p{flex:1 1 16rem}.bar button{padding-inline:.25rem}.skip{justify-self:start}.skip:not(:focus){position:absolute;inline-size:1px;block-size:1px;min-block-size:0;padding:0;overflow:hidden;clip-path:inset(50%)}.body{min-block-size:20rem}.body:focus{outline:none}.empty{display:grid;justify-items:center;gap:.75rem;padding:3rem 1rem;text-align:center}.empty>.icon{inline-size:2rem;block-size:2rem;color:var(--_muted)}.foot{position:sticky;inset-block-end:0;display:flex;flex-wrap:wrap;align-items:center;gap:.25rem 1rem;min-block-size:3rem;padding-block:.35rem;border-block-start:1px solid var(--_line);background:var(--_surface)}.foot.ended{position:static}.foot p{flex:1 1 auto;font-size:.875rem;font-variant-numeric:tabular-nums}.foot .problem{flex:1 1 100%}.proof{margin:0;padding-inline-start:1.25rem}.proof li+li{margin-block-start:.5rem}.on-paper{display:none}`,Es=f`@media print{:host{color-scheme:light;font-size:8.5pt}.report{display:block}.report>*{margin-block-end:8pt}.on-paper{display:block}.head button,.bar,.foot,.space,.skip,thead button,invoice-email-history,invoice-email-report-download,invoice-email-report-filters{display:none}.body{min-block-size:0}table{font-size:7.5pt}thead{display:table-header-group}thead th{position:static;padding:2pt 3pt;font-size:7pt}tbody td,tbody th{block-size:auto;padding:2pt 3pt;overflow:visible}thead .fold,tbody .fold{inline-size:0;padding:0;overflow:hidden}.fold>*{display:none}tr{break-inside:avoid}tr.open,.details>td{background:none}.details>td{padding:0 3pt 6pt 24pt}dt,.kind,.machines,.when .muted{font-size:6.5pt}.lines{display:block}.machines{display:block;white-space:normal}tbody .invoice,button.number{white-space:normal;overflow-wrap:anywhere}button.number{display:inline;min-block-size:0;min-inline-size:0;max-inline-size:none;color:inherit;font-size:inherit;text-decoration:none}.badge{padding:0 .4em}thead .when,thead .invoice,thead .evidence{inline-size:10%}thead .status{inline-size:13%}thead .client{inline-size:11%}thead .recipient{inline-size:18%}thead .opens,thead .clicks{inline-size:8%}}`;var ut=class{summary=null;problem=null;loading=!1;stale=!1;#e="";#t=new AbortController;constructor({problemOf:e,changed:t}){this.problemOf=e,this.changed=t}get tooMany(){return this.problem?.status===400}async load(e,{from:t,to:s,timezone:n},r){let a=[e.base,t,s,n].join(" ");if(a===this.#e&&!r&&!this.problem)return;this.stop(),this.stale||=a!==this.#e&&this.summary!==null,this.#e=a;let{signal:c}=this.#t;this.loading=!0,this.problem=null,this.changed();try{let d=await e.get("v1/reports/invoice-emails/summary",{from:t,to:s,timezone:n},{signal:c});c.throwIfAborted(),this.summary=d,this.stale=!1}catch(d){if(c.aborted)return;this.summary=null,this.stale=!1,this.problem=this.problemOf(d)}this.loading=!1,this.changed()}stop(){this.#t.abort(new DOMException("No longer wanted","AbortError")),this.#t=new AbortController,this.loading&&(this.#e=""),this.loading=!1}matching({day:e,status:t,client:s,recipient:n,invoice:r}){let{summary:a}=this;if(!a||this.stale||s||n||r)return null;let c=e?a.days.find(h=>h.day===e):a.total;if(!c)return null;let d=t;return d.length>0?d.reduce((h,u)=>h+(c[u]??0),0):c.recipients}};var Ts=f`table{inline-size:100%;border-collapse:separate;border-spacing:0;table-layout:fixed;font-size:.875rem;font-variant-numeric:tabular-nums}table:focus{outline:none}thead th{position:sticky;inset-block-start:var(--invoice-email-sticky-top, 0px);z-index:1;padding:.5rem .375rem;background:var(--_surface);border-block-end:2px solid var(--_line);color:var(--_muted);font-size:.8125rem;font-weight:600;text-align:start;vertical-align:bottom}thead .fold{inline-size:2rem}thead .when{inline-size:6.5rem}thead .invoice{inline-size:8.75rem}thead .client{inline-size:11%}thead .recipient{inline-size:18.5%}thead .opens,thead .clicks,thead .evidence{inline-size:6.5rem}thead .status{inline-size:8.5rem}thead button{min-block-size:1.5rem;min-inline-size:1.5rem;margin-block:-.5rem;padding:0;vertical-align:middle}tbody td,tbody th{block-size:3rem;padding:.25rem .375rem;border-block-end:1px solid var(--_line);font-weight:400;line-height:1.25;text-align:start;vertical-align:middle;overflow:hidden;text-overflow:ellipsis}tbody tr:hover,tr.open{background:var(--_raised)}tr.open>*{border-block-end-color:transparent}.lines{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2;line-clamp:2;overflow:hidden;overflow-wrap:anywhere}.when span{display:block;white-space:nowrap}.when .muted{font-size:.8125rem}tbody .invoice{white-space:nowrap;overflow:visible}.number{min-block-size:1.75rem;display:inline-block;min-inline-size:1.5rem;max-inline-size:calc(100% - 2.25rem);padding:0;overflow:hidden;text-align:start;text-overflow:ellipsis;vertical-align:middle;text-decoration:underline;text-decoration-color:color-mix(in srgb,currentColor 40%,transparent);text-underline-offset:.2em}.number:hover{background:none;text-decoration-color:currentColor}invoice-email-history{display:inline-block;background:none;vertical-align:middle}.kind{margin-inline-end:.25em;color:var(--_muted);font-size:.8125rem}tbody .fold{padding-inline:.125rem}.fold button{min-inline-size:1.75rem;min-block-size:1.75rem;padding:0;color:var(--_muted)}.fold button[aria-expanded=true] .icon{rotate:180deg}.people{font-weight:600}.machines{display:flex;align-items:center;gap:.25em;color:var(--_muted);font-size:.75rem;white-space:nowrap}.details>td{block-size:auto;padding:0 .5rem 1rem 2.375rem;background:var(--_raised);white-space:normal}dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(18rem,100%),1fr));gap:.75rem 1.5rem;margin:0}dt{color:var(--_muted);font-size:.8125rem}dd{margin:0;overflow-wrap:anywhere}.small{min-block-size:1.5rem;padding:0 .25rem}.space,.space>*{padding:0;border:none}.space td{block-size:auto}.awaited>td{overflow:visible;vertical-align:top}.awaited>td>*{position:sticky;inset-block-start:calc(var(--invoice-email-sticky-top, 0px) + 4rem);inline-size:fit-content}.skeleton span{display:block;inline-size:70%;block-size:.75rem;border-radius:3px;background:var(--_raised)}.stale tbody{opacity:.45;transition:opacity .15s .2s}`,Os=f`@media screen{@container report (min-width: 110rem){thead .client{inline-size:15%}thead .recipient{inline-size:18%}thead .when,thead .opens,thead .clicks{inline-size:8rem}thead .invoice,thead .status{inline-size:9rem}thead .evidence{inline-size:11rem}}}`;var H={ATTRIBUTE:1,CHILD:2,PROPERTY:3,BOOLEAN_ATTRIBUTE:4,EVENT:5,ELEMENT:6},X=i=>(...e)=>({_$litDirective$:i,values:e}),L=class{constructor(e){}get _$AU(){return this._$AM._$AU}_$AT(e,t,s){this._$Ct=e,this._$AM=t,this._$Ci=s}_$AS(e,t){return this.update(e,t)}update(e,t){return this.render(...t)}};var Yr={},Cs=X(class extends L{constructor(){super(...arguments),this.ot=Yr}render(i,e){return e()}update(i,[e,t]){if(Array.isArray(e)){if(Array.isArray(this.ot)&&this.ot.length===e.length&&e.every((s,n)=>s===this.ot[n]))return x}else if(this.ot===e)return x;return this.ot=Array.isArray(e)?Array.from(e):e,this.render(e,t)}});var{I:eo}=Qi,zs=i=>i;var Ms=i=>i.strings===void 0,Ns=()=>document.createComment(""),fe=(i,e,t)=>{let s=i._$AA.parentNode,n=e===void 0?i._$AB:e._$AA;if(t===void 0){let r=s.insertBefore(Ns(),n),a=s.insertBefore(Ns(),n);t=new eo(r,a,i,i.options)}else{let r=t._$AB.nextSibling,a=t._$AM,c=a!==i;if(c){let d;t._$AQ?.(i),t._$AM=i,t._$AP!==void 0&&(d=i._$AU)!==a._$AU&&t._$AP(d)}if(r!==n||c){let d=t._$AA;for(;d!==r;){let h=zs(d).nextSibling;zs(s).insertBefore(d,n),d=h}}}return t},J=(i,e,t=i)=>(i._$AI(e,t),i),to={},mt=(i,e=to)=>i._$AH=e,Ps=i=>i._$AH,ft=i=>{i._$AR(),i._$AA.remove()};var Is=(i,e,t)=>{let s=new Map;for(let n=e;n<=t;n++)s.set(i[n],n);return s},S=X(class extends L{constructor(i){if(super(i),i.type!==H.CHILD)throw Error("repeat() can only be used in text expressions")}dt(i,e,t){let s;t===void 0?t=e:e!==void 0&&(s=e);let n=[],r=[],a=0;for(let c of i)n[a]=s?s(c,a):a,r[a]=t(c,a),a++;return{values:r,keys:n}}render(i,e,t){return this.dt(i,e,t).values}update(i,[e,t,s]){let n=Ps(i),{values:r,keys:a}=this.dt(e,t,s);if(!Array.isArray(n))return this.ut=a,r;let c=this.ut??=[],d=[],h,u,m=0,b=n.length-1,$=0,A=r.length-1;for(;m<=b&&$<=A;)if(n[m]===null)m++;else if(n[b]===null)b--;else if(c[m]===a[$])d[$]=J(n[m],r[$]),m++,$++;else if(c[b]===a[A])d[A]=J(n[b],r[A]),b--,A--;else if(c[m]===a[A])d[A]=J(n[m],r[A]),fe(i,d[A+1],n[m]),m++,A--;else if(c[b]===a[$])d[$]=J(n[b],r[$]),fe(i,n[m],n[b]),b--,$++;else if(h===void 0&&(h=Is(a,$,A),u=Is(c,m,b)),h.has(c[m]))if(h.has(c[b])){let q=u.get(a[$]),Wt=q!==void 0?n[q]:null;if(Wt===null){let zi=fe(i,n[m]);J(zi,r[$]),d[$]=zi}else d[$]=J(Wt,r[$]),fe(i,n[m],Wt),n[q]=null;$++}else ft(n[b]),b--;else ft(n[m]),m++;for(;$<=A;){let q=fe(i,d[A+1]);J(q,r[$]),d[$++]=q}for(;m<=b;){let q=n[m++];q!==null&&ft(q)}return this.ut=a,mt(i,d),x}});var ui=class extends L{render(e){return x}update(e,[t]){let{style:s}=e.element;for(let[n,r]of Object.entries(t))s.setProperty(n,r);return x}},re=X(ui);var io=12;function Ds({list:i,total:e,caption:t,row:s,changes:n,explain:r}){let{first:a,last:c}=i.shown,d=i.pages.slice(a,c+1),h=i.ended?i.count+1:e===null?-1:Math.max(e,i.count)+1,u=i.pages.length===0;return o`<table
role="table"
part="table"
tabindex="-1"
class=${i.stale?"stale":""}
aria-rowcount=${h}
aria-busy=${i.loading}
>
<caption class="unseen">${t}</caption>
<thead role="rowgroup">
<tr role="row" aria-rowindex="1">${ue.map(([m,b])=>so(m,b,r))}</tr>
</thead>
${u&&i.loading?o`<tbody role="rowgroup" aria-hidden="true">${ys(io)}</tbody>`:l}
${Rs("before",Ce(i.pages.slice(0,a)))}
${S(d,m=>m.last.send+m.last.recipient,m=>no(m,i,s,n))}
${Rs("after",Ce(i.pages.slice(c+1)))}
</table>`}function so(i,e,t){return i==="fold"?o`<th role="columnheader" scope="col" class=${i}><span class="unseen">${e}</span></th>`:i!=="opens"?o`<th role="columnheader" scope="col" class=${i}>${e}</th>`:o`<th role="columnheader" scope="col" class=${i}>
${e}
<button type="button" class="plain" aria-haspopup="dialog" aria-label="What an open proves" @click=${t}>${p("info")}</button>
</th>`}function Rs(i,e){return o`<tbody class="space ${i}" aria-hidden="true">
${e>0?o`<tr>
<td colspan=${ue.length} style=${re({"block-size":`${e}px`})}></td>
</tr>`:l}
</tbody>`}function no(i,e,t,s){let{rows:n,start:r}=i;return o`<tbody role="rowgroup" class="page" .page=${i}>
${n?Cs([n,r,...s],()=>S(n,me,(a,c)=>fs(a,r+c+2,t))):ro(i,e)}
</tbody>`}function ro(i,e){let t=re({"block-size":`${i.heightPx}px`});return o`<tr role="row" class="awaited">
<td role="cell" colspan=${ue.length} style=${t}>
${i.problem?_(i.problem,()=>{e.fetchAgain(i)}):o`<span class="muted">Loading…</span>`}
</td>
</tr>`}var oo="(width < 30rem)",ao="position-area: self-block-end span-self-inline-end";function Ls(){return matchMedia(oo).matches||!CSS.supports(`(${ao})`)}function Us(i,e){let t=new IntersectionObserver(([s])=>{s.isIntersecting||e()});return t.observe(i),()=>t.disconnect()}var js=f`:host{display:inline-block;background:none}#icon{position:relative;min-block-size:2rem;inline-size:2.25rem;padding:0;border-color:transparent;background:none;color:var(--_muted)}#icon:hover,#icon[aria-expanded=true]{border-color:var(--_line);background:var(--_raised);color:var(--_text)}#icon>.icon{inline-size:1.25rem;block-size:1.25rem;stroke-width:1.3}.mark{position:absolute;inset-block-end:0;inset-inline-end:.0625rem;display:grid;padding:.0625rem;border-radius:50%;background:var(--_surface);font-size:.8125rem;color:var(--_queued)}#icon:is(:hover,[aria-expanded=true]) .mark{background:var(--_raised)}.mark .icon{stroke-width:2}.mark.sent{color:var(--_sent)}.mark.opened{color:var(--_opened)}.mark.delayed{color:var(--_delayed)}.mark.rejected{color:var(--_rejected)}.mark.marked_spam{color:var(--_marked_spam)}#popup{position:fixed;inset:auto .5rem .5rem;inline-size:auto;max-inline-size:27rem;max-block-size:min(70dvh,34rem);margin:0 auto;padding:0;border:1px solid var(--_line);border-radius:calc(var(--_radius) * 1.5);background:var(--_surface);color:var(--_text);box-shadow:0 8px 24px #00000038;font-size:.875rem;text-align:left;overflow-wrap:anywhere;overflow:auto;overscroll-behavior:contain}#popup:dir(rtl){text-align:right}@media(width<30rem){#popup{max-inline-size:none}}@supports (position-area: self-block-end span-self-inline-end){@media(width>=30rem){#icon[aria-expanded=true]{anchor-name:--icon}#popup{inset:auto;position-anchor:--icon;position-area:self-block-end span-self-inline-end;position-try-order:most-block-size;position-try-fallbacks:flip-block,flip-inline,flip-block flip-inline,self-block-end span-all,self-block-start span-all;position-visibility:always;inline-size:27rem;min-block-size:min(11rem,100dvh);max-block-size:min(100% - .75rem,45rem);margin-block:.25rem .5rem;margin-inline:0 .5rem}}}#popup header{position:sticky;inset-block-start:0;z-index:1;display:flex;align-items:center;gap:.5rem;padding-block:.375rem;padding-inline:.875rem .375rem;border-block-end:1px solid var(--_line);background:var(--_surface)}#popup h2{flex:1;font-size:.9375rem;font-weight:600}#popup header button{inline-size:2rem;min-block-size:2rem;padding:0;color:var(--_muted)}.content{min-block-size:8.5rem;padding:.75rem .875rem}.content>.notice{margin-block-end:.75rem}.sends>li+li{margin-block-start:.75rem;padding-block-start:.75rem;border-block-start:1px solid var(--_line)}.sends h3{font-size:.875rem;font-weight:600}.subject{color:var(--_muted)}.recipients{display:grid;gap:.5rem;margin-block-start:.5rem}.recipients>li{display:grid;grid-template-columns:1.75rem minmax(0,1fr) auto;gap:.125rem .5rem;align-items:baseline}.kind{font-size:.8125rem;color:var(--_muted)}.lines{grid-column:2 / -1;display:flex;flex-wrap:wrap;gap:.125rem .875rem;font-size:.8125rem}.lines .chip{padding:0;border:0;background:none;font-size:inherit}.why{grid-column:2 / -1;font-size:.8125rem;color:var(--_muted)}.link{color:var(--_muted)}.recipients .link{grid-column:2 / -1}.link button{display:inline;min-block-size:1.5rem;padding:0;text-align:inherit;text-decoration:underline}.when{color:var(--_muted);font-variant-numeric:tabular-nums}.rest{margin-block-start:.75rem}footer{position:sticky;inset-block-end:0;background:var(--_surface);display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:0 1rem;padding-block:.25rem;padding-inline:.875rem;border-block-start:1px solid var(--_line)}footer button{padding-inline:0}.empty{display:grid;gap:.75rem;justify-items:start}`;function gt(i,{superseded_by:e}){return qs(i,"Sent again ",e,"later","on",()=>!0)}function bt(i,{send:e,recipients:t}){let s=t.find(({supersedes:n})=>n)?.supersedes;return qs(i,"Sent again in place of ",s,"an earlier e-mail","the e-mail of",n=>n.superseded_by===e)}function qs({sends:i,times:e,go:t},s,n,r,a,c){if(!n)return l;let d=i.find(h=>h.send===n);return o`<p class="link">
${p("send_again")} ${s}${d?o`<button type="button" class="plain" @click=${()=>t(n)}
>${a} ${e.dateTime(d.submitted_at)} to <bdi>${d.recipients.find(c)?.address}</bdi></button
>`:r}
</p>`}function $t(i,e){return i?.length?o`<div class="skipped" part="skipped">
<p class="muted">Not sent automatically to</p>
<ul>
${i.map(({address:t,reason:s,since:n})=>o`<li>
<bdi>${t}</bdi>
<span class="muted">${ss[s]??s.replaceAll("_"," ")}${n?o` since ${e.element(n)}`:l}</span>
</li>`)}
</ul>
</div>`:l}var lo=4;function ge(i){let e=new Map;for(let s of i.statuses){let n=`${s.status}${s.automatic?" automatic":""}`;e.set(n,[...e.get(n)??[],s])}let t=[...e].flatMap(([s,n])=>{let{status:r,automatic:a=!1}=n[0],c=Math.max(n.length,co(i,r,a));return r==="opened"||r==="clicked"||n.length>=lo?[{key:s,status:r,automatic:a,lines:n,count:c}]:n.map((h,u)=>({key:`${s} ${u}`,status:r,automatic:a,lines:[h],count:1}))});return t.sort((s,n)=>s.lines[0].at<n.lines[0].at?-1:+(s.lines[0].at>n.lines[0].at)),{people:t.filter(({automatic:s})=>!s),machines:t.filter(({automatic:s})=>s)}}function co(i,e,t){return e==="opened"?t?i.automatic_opens:i.opens:e==="clicked"?t?i.automatic_clicks:i.clicks:0}function ho(i,e,t){let s=e.lines[0].at,n=e.lines[e.lines.length-1].at,r=i.element(s,Vs(i,s,t)?"time":"dateTime");return i.dateTime(s)===i.dateTime(n)?r:o`${r} – ${i.element(n,Vs(i,s,n)?"time":"dateTime")}`}function Vs(i,e,t){return i.date(e)===i.date(t)}function Bs(i){return new Map(i.flatMap(({detail:e,rule:t})=>e&&t?[[e,t]]:[]))}function yt(i,e){return[...Bs(i.flatMap(({lines:t})=>t))].map(([t,s])=>o` ${t} ${mi(s,e)}`)}function mi(i,e){return o`<small class="muted">Rule ${i}, version ${e}.</small>`}function vt(i,e,t){let{status:s,automatic:n,count:r,lines:a}=e,c=[...Bs(a).keys()].join(" ");return o`${Ze(s,n)}<span title=${c||Ye(s,n)}>${ne(s,n)}</span
>${r>1?o` <span class="count">×${i.number(r)}</span>`:""}
<span class="when">${ho(i,e,t)}</span>`}var Fs=3,Hs=6;function Ws(i){let{answer:e,problem:t}=i;return o`
<header>
<h2 id="heading">E-mails of invoice <bdi>${i.invoice}</bdi></h2>
${e?z(e.sent_status):l}
<button type="button" class="plain" aria-label="Close" @click=${i.dismiss}>${p("close")}</button>
</header>
<div class="content" aria-busy=${e||t?"false":"true"}>
${t?_(t,i.again):l}
${e?uo(i,e):t?l:po}
</div>
<footer>
<button type="button" class="plain" @click=${()=>i.go("select")}>All e-mails of this invoice</button>
<span class="muted">Times in ${i.times.timezone}</span>
</footer>
`}var po=o`<div class="skeleton"><span class="unseen">Loading…</span><i></i><i></i><i></i><i></i></div>`;function uo(i,e){if(e.sends.length===0)return o`<div class="empty">
<p>Never e-mailed.</p>
<button type="button" @click=${()=>i.go("send")}>${p("envelope")}Send by e-mail</button>
</div>`;let t=e.sends.length-Fs;return o`<ol class="sends">
${S(e.sends.slice(0,Fs),({send:s})=>s,s=>o`<li>${mo(i,e,s)}</li>`)}
</ol>
${t>0?o`<p class="rest muted">and ${e.next_cursor?"more than ":""}${i.times.number(t)} older</p>`:l}`}function mo(i,e,t){let{sends:s}=e,n={sends:s,times:i.times,go:c=>i.go("select",c)},r=fo(t.recipients),a=t.recipients.length-r.length;return o`
<h3>${i.times.element(t.submitted_at)}</h3>
<p class="muted">
${tt[t.source]??Ee(t.source)}${t.sent_by?o` by <bdi>${t.sent_by}</bdi>`:l}
${t.tracked||t.recipients.length===0?l:"· opens not tracked"}
</p>
${bt(n,t)}
<p class="subject"><bdi>${t.recipients.length===0?"Sent to nobody":t.subject}</bdi></p>
<ul class="recipients">
${S(r,({recipient:c})=>c,c=>o`<li>${go(i,e,t,c)} ${gt(n,c)}</li>`)}
</ul>
${a>0?o`<p class="rest muted">and ${i.times.number(a)} more recipient${a===1?"":"s"}</p>`:l}
${$t(t.skipped,i.times)}
`}function fo(i){if(i.length<=Hs)return i;let e=i.filter(({reason:n})=>n!==null),t=i.filter(({reason:n})=>n===null),s=new Set([...e,...t].slice(0,Hs));return i.filter(n=>s.has(n))}function go(i,{ruleset:e},t,s){let{people:n,machines:r}=ge(s),a=[...n,...r],{words:c}=D(s.reason);return o`
<span class="kind">${F[s.kind]??s.kind}</span>
<span class="person">
${s.name?o`<bdi>${s.name}</bdi> `:l}
<bdi class=${s.name?"muted":""}>${s.address}</bdi>
</span>
${s.superseded_by?o`<span class="badge">${p("send_again")}Replaced</span>`:z(s.sent_status)}
<ul class="lines">
${a.map((d,h)=>{let u=h===0||h===n.length?t.submitted_at:a[h-1].lines[0].at;return o`<li class="chip ${d.status} ${d.automatic?"automatic":""}" part="chip chip-${d.status}">
${vt(i.times,d,u)}
</li>`})}
</ul>
${r.length>0?o`<p class="why">By machines; says nothing about a reader.${yt(r,e)}</p>`:l}
${s.possibly_forwarded?o`<p class="why">${st}</p>`:l}
${c&&!s.superseded_by?o`<p class="why">${c}</p>`:l}
`}var Ks=250,bo=400,$o=10,wt=class i extends w{static#e=null;static properties={invoice:{},sentStatus:{attribute:"sent-status"},isOpen:{state:!0},answer:{state:!0},problem:{state:!0},following:{state:!0}};static styles=[y,v,M,T,de,js];constructor(){super(),this.invoice="",this.sentStatus=null,this.status=null,this.isOpen=!1,this.isPinned=!1,this.isHovered=!1,this.wasOpened=!1,this.asking=null,this.answer=null,this.problem=null,this.following="",this.followed=void 0,this.ignoresFocus=!1,this.timer=void 0,this.whileOpen=null,this.addEventListener("pointerenter",this.#s),this.addEventListener("pointerleave",this.#n),this.addEventListener("focusout",this.#a)}disconnectedCallback(){super.disconnectedCallback(),this.close()}willUpdate(e){(e.has("invoice")||e.has("api")||this.hasUpdated&&this.hasOtherToken(e))&&(this.asking?.abort(),this.asking=null,this.answer=null,this.problem=null,this.status=this.sentStatus,this.isOpen&&this.close()),e.has("sentStatus")&&(this.status=this.sentStatus)}get#t(){let e=this.shadowRoot?.activeElement;return e!==null&&(e!==this.#i||this.#i.matches(":focus-visible"))}get#i(){return this.renderRoot.querySelector("#icon")}#s=e=>{this.isHovered=!0,clearTimeout(this.timer),e.pointerType!=="touch"&&!this.isOpen&&(this.timer=setTimeout(()=>this.open(),Ks))};#n=e=>{this.isHovered=!1,clearTimeout(this.timer),e.pointerType!=="touch"&&!Ls()&&this.#l()};#r(){let e=this.ignoresFocus||this.following!=="";this.ignoresFocus=!1,!(e||!this.#i.matches(":focus-visible"))&&(clearTimeout(this.timer),this.isOpen||(this.timer=setTimeout(()=>this.open(),Ks)))}#a=e=>{document.hasFocus()?e.relatedTarget?this.close():this.#l():this.ignoresFocus=!0};#l(){clearTimeout(this.timer),this.isPinned||(this.timer=setTimeout(()=>{!this.isHovered&&!this.#t&&this.close()},bo))}async#o(e){if(this.isOpen&&this.isPinned){this.close();return}this.isPinned=!0,await this.open(),e.detail===0&&this.popup?.focus()}get popup(){return this.renderRoot.querySelector("#popup")}async open(){if(clearTimeout(this.timer),this.isOpen||this.following)return;i.#e?.close(),i.#e=this,this.isOpen=!0,this.wasOpened=!0,this.#d(),await this.updateComplete;let e=this.popup;!this.isOpen||!e||(e.showPopover(),this.#c())}#c(){this.whileOpen=new AbortController;let{signal:e}=this.whileOpen;document.addEventListener("keydown",this.#h,{signal:e,capture:!0}),document.addEventListener("pointerdown",this.#p,{signal:e,capture:!0});let t=Us(this.#i,()=>{this.#t||this.close()});e.addEventListener("abort",t)}#h=e=>{e.key==="Escape"&&(e.preventDefault(),e.stopPropagation(),this.dismiss())};#p=e=>{e.composedPath().includes(this)||this.close()};dismiss(){let e=this.shadowRoot?.activeElement!==null;this.close(),e&&(this.ignoresFocus=!0,this.#i.focus(),this.ignoresFocus=!1)}close(){clearTimeout(this.timer),this.isPinned=!1,this.isOpen&&(this.isOpen=!1,i.#e===this&&(i.#e=null),this.whileOpen?.abort(),this.popup?.matches(":popover-open")&&this.popup.hidePopover())}async#d(){if(this.asking)return;let e=new AbortController;this.asking=e;try{let t=`v1/invoices/${encodeURIComponent(this.invoice)}/emails`,s=AbortSignal.any([e.signal,this.untilRemoved.signal]),n=await this.client.get(t,{limit:$o},{signal:s});if(e.signal.aborted)return;this.answer=n,this.status=n.sent_status,this.problem=null}catch(t){let s=this.problemOf(t);e.signal.aborted||(this.problem=s)}finally{this.asking===e&&(this.asking=null)}}again=()=>{this.popup?.focus(),this.problem=null,this.#d()};go(e,t){this.dismiss(),this.followed=t,this.announce(e,{invoice:this.invoice,send:t})&&(this.following=e)}render(){let{status:e}=this,t=e?k[e]??e:"";return o`<button
id="icon"
type="button"
part="icon"
aria-label="E-mail history of invoice ${this.invoice}"
aria-describedby="status"
aria-haspopup="dialog"
aria-expanded=${this.isOpen}
aria-controls=${this.wasOpened?"popup":l}
@click=${this.#o}
@focus=${this.#r}
>
${p("envelope")}${e?o`<span class="mark ${e}">${p(e)}</span>`:l}
</button>
<span id="status" class="unseen">${t}</span>
${this.wasOpened?o`<div id="popup" part="popup" popover="manual" role="dialog" aria-labelledby="heading" tabindex="-1">
${Ws(this)}
</div>`:l}
${W(this)}`}};customElements.get("invoice-email-history")??customElements.define("invoice-email-history",wt);var Gs="invoice-email-csv";async function Xs(){try{return await yo()}catch{return vo()}}async function yo(){let i=await Qs(),e=`${crypto.randomUUID()}.csv`,t=await wo(e),s=async()=>{await i.removeEntry(e).catch(()=>{}),t()};try{let n=await i.getFileHandle(e,{create:!0}),r=await n.createWritable();return{write:a=>r.write(a),finish:async()=>(await r.close(),n.getFile()),discard:async()=>{await r.abort().catch(()=>{}),await s()}}}catch(n){throw await s(),n}}function vo(){let i=[];return{write:async e=>{i.push(new Blob([e]))},finish:async()=>new Blob(i,{type:"text/csv;charset=utf-8"}),discard:async()=>{i.length=0}}}async function Js(){try{let i=await Qs();for await(let e of i.keys())await navigator.locks.request(Zs(e),{ifAvailable:!0},async t=>{t&&await i.removeEntry(e).catch(()=>{})})}catch{}}async function Qs(){return(await navigator.storage.getDirectory()).getDirectoryHandle(Gs,{create:!0})}function Zs(i){return`${Gs}/${i.replace(/\.crswap$/,"")}`}function wo(i){return new Promise((e,t)=>{navigator.locks.request(Zs(i),()=>new Promise(s=>e(()=>s(void 0)))).catch(t)})}function Ys(i){return i.slice(i.indexOf(`
`)+1)}var ko=34,xo=10;function en(i){let e=0,t=!1;for(let s=0;s<i.length;s+=1){let n=i.charCodeAt(s);n===ko?t=!t:n===xo&&!t&&(e+=1)}return e}var _o=1e3,So=5*6e4,fi=class extends w{static properties={query:{attribute:!1},days:{},total:{attribute:!1},phase:{state:!0},problem:{state:!0}};static styles=[y,v,T,f`:host{display:contents}.notice{order:1;flex:1 1 100%}.notice p{flex:1 1 12rem;font-variant-numeric:tabular-nums}progress{flex:1 1 10rem;accent-color:var(--_accent)}@media print{button,.notice{display:none}}`];constructor(){super(),this.query={},this.days="",this.total=null,this.phase="none",this.problem=null,this.download=null,this.until=new AbortController,this.address="",this.timer=void 0}connectedCallback(){super.connectedCallback(),Js()}disconnectedCallback(){super.disconnectedCallback(),this.#s()}async#e(){if(this.phase==="running")return;let{query:e,days:t,total:s}=this,n=this.#s("running"),r=new AbortController;this.until=r,await n;let a=await Xs();if(r.signal.aborted)return a.discard();let c=[e.client,e.invoice,e.status].filter(Boolean).map(h=>`-${h.replaceAll(/[^\w.-]+/g,"-")}`),d=`invoice-emails-${e.from}-${e.to}${c.join("")}.csv`;this.download={query:e,days:t,total:s,name:d,file:a,cursor:void 0,rows:0},await this.#t(this.download)}async#t(e){this.phase="running",this.problem=null;let t=AbortSignal.any([this.until.signal,this.untilRemoved.signal]);try{for(;e.cursor!==null;)await this.#i(e,t),this.requestUpdate();let s=await tn(e.file.finish());t.throwIfAborted(),this.address=URL.createObjectURL(s)}catch(s){if(t.aborted)return;this.problem=this.problemOf(s),this.phase="failed";return}this.phase="done",await this.updateComplete,this.renderRoot.querySelector("a[download]")?.click(),this.timer=setTimeout(()=>this.#n(),So)}async#i(e,t){let s=e.cursor===void 0,n={...e.query,limit:_o,cursor:e.cursor,format:"csv"},{text:r,next:a}=await this.client.text("v1/reports/invoice-emails",n,{signal:t});await tn(e.file.write(s?`\uFEFF${r}`:Ys(r))),e.rows+=en(r)-1,e.cursor=a}async#s(e="none"){clearTimeout(this.timer);let{download:t,address:s}=this;this.download=null,this.address="",this.phase=e,this.problem=null,s&&URL.revokeObjectURL(s),this.until.abort(new DOMException("Cancelled","AbortError")),await t?.file.discard()}async#n(){let e=this.shadowRoot?.activeElement?.closest(".notice");await this.#s(),await this.updateComplete,e&&this.renderRoot.querySelector("button")?.focus()}#r(){this.download&&this.problem?.kind!=="unstored"?this.#t(this.download):this.#e()}render(){let e=this.phase==="running";return o`<button type="button" part="download" aria-disabled=${e} @click=${this.#e}>${p("download")}Download CSV</button>
${this.#a()}`}#a(){return this.phase==="running"?this.#l():this.phase==="failed"&&this.problem?this.#o(this.problem):this.phase==="done"&&this.download?this.#c(this.download):l}#l(){let{rows:e=0,total:t=null,days:s=this.days}=this.download??{},n=t!==null&&e<=t?t:null,r=this.times.number(e),a=n===null?`${r} e-mails so far`:`${r} of ${this.times.number(n)} e-mails`;return o`<div class="notice" part="download-progress">
<p>CSV, ${s}: ${a}</p>
<progress aria-label="Download" max=${n??l} value=${n===null?l:e}></progress>
<button type="button" @click=${this.#n}>Cancel</button>
</div>`}#o({message:e}){let t=this.times.number(this.download?.rows??0);return o`<div class="notice problem" part="download-progress" role="alert">
<p>The download stopped after ${t} e-mails; there is no file yet. ${e}</p>
<button type="button" @click=${this.#r}>${p("refresh")}Try again</button>
<button type="button" @click=${this.#n}>Cancel</button>
</div>`}#c({rows:e,name:t}){return o`<div class="notice" part="download-progress">
<p role="status">${t} is complete: ${this.times.number(e)} e-mails. Times in it are in UTC.</p>
<a class="button" href=${this.address} download=${t}>${p("download")}Save again</a>
<button type="button" class="plain" @click=${this.#n}>Close</button>
</div>`}};async function tn(i){try{return await i}catch{throw new E("unstored")}}customElements.get("invoice-email-report-download")??customElements.define("invoice-email-report-download",fi);var be=X(class extends L{constructor(i){if(super(i),i.type!==H.PROPERTY&&i.type!==H.ATTRIBUTE&&i.type!==H.BOOLEAN_ATTRIBUTE)throw Error("The `live` directive is not allowed on child or event bindings");if(!Ms(i))throw Error("`live` bindings can only contain a single expression")}render(i){return i}update(i,[e]){if(e===x||e===l)return e;let t=i.element,s=i.name;if(i.type===H.PROPERTY){if(e===t[s])return x}else if(i.type===H.BOOLEAN_ATTRIBUTE){if(!!e===t.hasAttribute(s))return x}else if(i.type===H.ATTRIBUTE&&t.getAttribute(s)===e+"")return x;return mt(i),e}});var Ao={from:"First day",to:"Last day",client:"Client id",recipient:"Recipient’s address",invoice:"Invoice"},Eo="2000-01-01",gi=class extends C{static properties={value:{attribute:!1},span:{attribute:!1},errors:{attribute:!1},unfolded:{state:!0}};static styles=[y,v,f`:host{container-type:inline-size}form{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));align-items:start;gap:.5rem .75rem;max-inline-size:100rem}.actions{display:flex;grid-column-end:span 2;flex-wrap:wrap;gap:.5rem;margin-block-start:1.35rem}.fold{display:none}.error{font-size:.875em}@container (max-width: 40rem){.fold{display:inline-flex}.folded .text,.folded .apply{display:none}.actions{grid-column:1 / -1;margin-block-start:0}}`];constructor(){super(),this.value=pe(),this.span={from:"",to:""},this.errors={},this.unfolded=!1,this.types=!1}updated(e){let t=this.renderRoot.activeElement;e.has("errors")&&t&&this.renderRoot.querySelector('[aria-invalid="true"]')?.focus()}#e(e){let t={...this.value,...e};JSON.stringify(t)!==JSON.stringify(this.value)&&this.dispatchEvent(new CustomEvent("change",{detail:t}))}#t(e){let t=e.target.value;this.#e({period:t,day:"",...t==="custom"?this.span:{}})}#i(e){let t=e.target;t.type==="date"&&(this.types||!t.validity.valid)||this.#e({[t.name]:t.value.trim()})}#s(){this.types=!0}#n(e){this.types=!1,this.#i(e)}#r(e){e.preventDefault();let t=e.target,s=[...new FormData(t)].map(([n,r])=>[n,String(r).trim()]);this.#e(Object.fromEntries(s))}#a(){this.#e(pe())}#l(){this.unfolded=!this.unfolded}render(){let{value:e}=this,t=he.filter(n=>e[n]).length,s=!this.unfolded&&!he.some(n=>this.errors[n]);return o`<form part="filters" novalidate class=${s?"folded":""} @submit=${this.#r}>
<label>
Period
<select name="period" .value=${be(e.period)} @change=${this.#t}>
${Object.entries(oi).map(([n,r])=>o`<option value=${n} ?selected=${n===e.period}>${r}</option>`)}
</select>
</label>
${e.period==="custom"?[this.#o("from"),this.#o("to")]:l} ${he.map(n=>this.#o(n))}
<div class="actions">
<button type="button" class="fold" aria-expanded=${!s} @click=${this.#l}>
${p("filter")}More filters${t>0?` (${t})`:""}
</button>
<button type="submit" class="apply">Apply</button>
<button type="button" class="plain" aria-disabled=${os(e)} @click=${this.#a}>Clear filters</button>
</div>
</form>`}#o(e){let t=this.errors[e],s=this.value[e],n=e==="from"||e==="to";return o`<div class=${n?"":"text"}>
<label>
${Ao[e]}
<input
name=${e}
type=${n?"date":"text"}
min=${n?Eo:l}
maxlength=${n?l:320}
autocomplete="off"
autocapitalize="off"
spellcheck="false"
.value=${be(n&&!Oe(s)?"":s)}
aria-invalid=${t?"true":l}
aria-describedby=${t?`${e}-error`:l}
@change=${this.#i}
@keydown=${this.#s}
@focusout=${this.#n}
/>
</label>
${t?o`<p class="error" id="${e}-error" role="alert">${t}</p>`:l}
</div>`}};customElements.get("invoice-email-report-filters")??customElements.define("invoice-email-report-filters",gi);var Me=["sent","opened","queued","delayed","rejected","marked_spam"],sn=100,To=14,Oo=100,Co=6,zo={sent:l,opened:g`<path d="M-1 1l2-2M0 6l6-6M5 7l2-2"/>`,queued:g`<path d="M0 3h6"/>`,delayed:g`<circle cx="1.5" cy="1.5" r=".7"/><circle cx="4.5" cy="4.5" r=".7"/>`,rejected:g`<path d="M0 0l6 6M0 6l6-6"/>`,marked_spam:g`<path d="M1.5 0v6M4.5 0v6"/>`};function nn(i){return o`<svg class="patterns ${i>Oo?"dense":""}" width="0" height="0" aria-hidden="true" focusable="false">
<defs>
${Me.map(e=>g`<pattern id="fill-${e}" class=${e} width="6" height="6" patternUnits="userSpaceOnUse">
<rect width="6" height="6"/>${zo[e]}
</pattern>`)}
</defs>
</svg>`}function rn(i){return o`<svg class="swatch" width="12" height="12" aria-hidden="true" focusable="false">
<rect width="12" height="12" fill="url(#fill-${i})" />
</svg>`}function kt(i,e){let t=Me.filter(n=>i[n]>0).map(n=>`${e.number(i[n])} ${k[n]}`),s=`${e.weekday(i.day)}: ${on(i.recipients,e)}`;return t.length>0?`${s}: ${t.join(", ")}`:s}function on(i,e){return`${e.number(i)} ${i===1?"e-mail":"e-mails"}`}function an(i){if(i<=4)return 4;let e=10**Math.floor(Math.log10(i)),t=e<100?[1,2,4,6,8,10]:[1,1.2,1.6,2,3,4,6,8,10];return Math.round((t.find(s=>s*e>=i)??10)*e)}function ln(i,e){let t=Math.max(e,To),s=100/t;return{left:((t-e)/2+i)*s,width:s}}function cn(i){return i.days.map((e,t)=>{let{left:s,width:n}=ln(t,i.days.length),r=n>2?.22:.12,a=`day${i.picked&&i.picked!==e.day?" dim":""}`;return g`<g class=${a}>
${No(e,t,{left:s,width:n},i)}
${Mo(e,t,{left:s+n*r/2,width:n*(1-r)},i)}
</g>`})}function No(i,e,{left:t,width:s},{times:n,current:r,picked:a}){return g`<rect
class="hit"
role="button"
tabindex=${e===r?0:-1}
aria-label=${kt(i,n)}
aria-pressed=${a===i.day}
data-index=${e}
x="${oe(t)}%"
width="${oe(s)}%"
height="100%"
/>`}function Mo(i,e,{left:t,width:s},n){let r=sn;return Me.filter(a=>i[a]>0).map(a=>{let c=i[a]/n.scale*sn;r-=c;let d=n.status.length>0&&!n.status.includes(a),h=e===n.current;return g`<rect
class=${`part${d?" dim":""}`}
role=${h?"button":l}
tabindex=${h?-1:l}
aria-hidden=${h?l:"true"}
aria-label=${h?`${n.times.weekday(i.day)}, ${k[a]}: ${on(i[a],n.times)}`:l}
data-index=${e}
data-status=${a}
x="${oe(t)}%"
width="${oe(s)}%"
y="${oe(r)}%"
height="${oe(c)}%"
fill="url(#fill-${a})"
/>`})}function dn(){return[0,50,100].map(i=>g`<line class="grid" x1="0" x2="100%" y1="${i}%" y2="${i}%"/>`)}function hn(i,e){let t=Math.max(1,Math.ceil(i.length/Co));return i.map((n,r)=>r).filter(n=>n%t===0).map(n=>{let{left:r,width:a}=ln(n,i.length);return{text:e.dayMonth(i[n].day),at:oe(r+a/2)}})}function oe(i){return Math.round(i*1e3)/1e3}var pn=f`:host{display:grid;gap:.75rem;container-type:inline-size}:host([stale]) :is(.plot,.count,.share,.numbers,.evidence){opacity:.45;transition:opacity .15s .2s}.patterns{position:absolute}pattern{fill:var(--_mark, var(--_queued));stroke:color-mix(in oklab,var(--_surface) 70%,transparent);stroke-width:1.1}pattern rect{stroke:none}pattern circle{fill:var(--_surface);stroke:none}pattern.sent{--_mark: color-mix(in oklab, var(--_sent) 72%, var(--_surface))}pattern.opened{--_mark: color-mix(in oklab, var(--_opened) 82%, var(--_surface))}pattern.delayed{--_mark: var(--_delayed)}pattern.rejected{--_mark: var(--_rejected)}pattern.marked_spam{--_mark: var(--_marked_spam)}pattern.queued{--_mark: color-mix(in oklab, var(--_queued) 75%, var(--_surface))}.tiles{display:grid;grid-template-columns:repeat(7,1fr);gap:.5rem}.tile{display:grid;grid-template-columns:1fr auto;align-items:baseline;justify-content:stretch;gap:0 .5rem;padding:.5rem .75rem;border-color:var(--_line);text-align:start}.tile[aria-pressed=true]{border-color:var(--_accent);box-shadow:inset 0 0 0 1px var(--_accent);background:var(--_raised)}.word{grid-column:1 / -1;display:flex;align-items:center;gap:.45em;font-size:.875em;color:var(--_muted);white-space:nowrap}.swatch{flex:none;border-radius:2px}.count{font-size:1.375rem;line-height:1.3;font-variant-numeric:tabular-nums}.zero .count{color:var(--_muted)}.share{font-size:.8125em;font-variant-numeric:tabular-nums}.wait{display:inline-block;inline-size:2.5rem;block-size:.8em;border-radius:3px;background:var(--_line)}.note,.evidence{font-size:.875rem}.evidence{min-block-size:1.5em}.chart{padding:.5rem .75rem;border:1px solid var(--_line);border-radius:var(--_radius)}.chart header{display:flex;flex-wrap:wrap;align-items:center;gap:0 1rem}h3{font-size:.9375rem;font-weight:600}.readout{flex:1 1 16rem;min-inline-size:0;font-size:.875em}.chart header button{font-size:.875em;padding-inline:.25rem}button[aria-expanded=true] .icon{rotate:180deg}.plot{display:grid;grid-template:8rem 1.5rem / auto 1fr;gap:0 .5rem;padding-block-start:.5rem;font-size:.8125rem;line-height:1;font-variant-numeric:tabular-nums}.heights{display:flex;flex-direction:column;justify-content:space-between;text-align:end;margin-block:-.4em;min-inline-size:1.5rem}.waits .heights{visibility:hidden}.bars{inline-size:100%;block-size:100%;overflow:visible}.bars:dir(rtl){scale:-1 1}.grid{stroke:var(--_line);stroke-width:1;pointer-events:none}.hit{fill:transparent;cursor:pointer}.day:hover .hit,.hit:focus-visible{fill:color-mix(in srgb,var(--_accent) 14%,transparent)}.part{cursor:pointer;stroke:var(--_surface);stroke-width:1;vector-effect:non-scaling-stroke}.dim .part,.part.dim{opacity:.25}.part:hover{opacity:.75}.hit:focus-visible,.part:focus-visible{outline:none;stroke:var(--_accent);stroke-width:2.5;opacity:1}.labels{grid-column:2;position:relative;margin-block-start:.5rem}.labels span{position:absolute;inline-size:6rem;margin-inline-start:-3rem;text-align:center}.numbers{max-block-size:18rem;overflow:auto;margin-block-start:.5rem;border-block-start:1px solid var(--_line)}.numbers table{inline-size:100%;border-collapse:collapse;font-size:.875em;font-variant-numeric:tabular-nums}.numbers th,.numbers td{padding:.15rem .5rem;text-align:end;font-weight:400;white-space:nowrap;border-block-end:1px solid var(--_line)}.numbers thead th{position:sticky;inset-block-start:0;background:var(--_surface);color:var(--_muted)}.numbers th:first-child{text-align:start}.numbers button{min-block-size:1.75rem;padding-inline:0}.numbers button[aria-pressed=true]{font-weight:600}@container (max-width: 60rem){.tiles{grid-template-columns:repeat(4,1fr)}.tile:first-child{grid-column:span 2}}@container (max-width: 34rem){.tiles{grid-template-columns:repeat(2,1fr)}.tile:first-child{grid-column:1 / -1}.labels span:nth-child(2n){display:none}.evidence{min-block-size:4.5em}}@media(forced-colors:none){.dense pattern :not(rect){display:none}}@media(forced-colors:active){pattern{fill:Canvas;stroke:CanvasText}pattern circle{fill:CanvasText}pattern.sent rect{fill:CanvasText}.part{stroke:CanvasText}.grid{stroke:GrayText}.tile[aria-pressed=true]{outline:3px solid Highlight;outline-offset:-3px}.hit:focus-visible,.part:focus-visible{stroke:Highlight}}@media print{.chart header button,.readout,.numbers{display:none}.chart,.tiles{break-inside:avoid}.tiles{grid-template-columns:repeat(7,1fr)!important}.tile{grid-column:auto!important;padding:3pt 4pt;font-size:8pt}.count{font-size:11pt}.plot{grid-template-rows:6rem 1.5rem}}`;var bi=Object.keys(k),un={ArrowLeft:-1,ArrowRight:1,PageUp:-7,PageDown:7,Home:-1/0,End:1/0},$i=class extends w{static properties={summary:{attribute:!1},day:{},status:{attribute:!1},loading:{type:Boolean},stale:{type:Boolean,reflect:!0},note:{},current:{state:!0},segment:{state:!0},hovered:{state:!0},showsTable:{state:!0}};static styles=[y,v,pn];constructor(){super(),this.summary=null,this.day="",this.status=[],this.loading=!1,this.stale=!1,this.note="",this.current=0,this.segment=null,this.hovered=null,this.showsTable=!1,this.moveFocus=!1}willUpdate(e){if(!e.has("summary")&&!e.has("day"))return;let t=this.summary?.days??[],s=t.findIndex(({day:n})=>n===this.day);s>=0?this.current=s:e.has("summary")&&(this.current=Math.max(t.length-1,0)),this.hovered=null,this.segment=null}updated(){if(!this.moveFocus)return;this.moveFocus=!1;let e=this.segment?`[data-status="${this.segment}"]`:".hit";this.renderRoot.querySelector(`${e}[data-index="${this.current}"]`)?.focus()}get counts(){let{summary:e,day:t}=this;return(t?e?.days.find(s=>s.day===t):e?.total)??null}#e(e){this.dispatchEvent(new CustomEvent("pick",{detail:e}))}#t(e){let t=this.status.filter(s=>s!==e);this.#e({status:t.length<this.status.length?t:[...t,e]})}#i(e,t){let s=this.summary?.days[e]?.day??"";if(!t)return this.#e({day:s===this.day?"":s,status:this.status});let n=s===this.day&&t===this.status.join(",");this.#e(n?{day:"",status:[]}:{day:s,status:[t]})}#s({target:e}){let{index:t,status:s}=e instanceof SVGElement?e.dataset:{};return t===void 0?null:{index:Number(t),part:s}}#n(e){let t=this.#s(e);t&&this.#i(t.index,t.part)}#r(e){let t=this.#s(e);this.hovered=t&&this.summary?.days[t.index]||null}#a(){this.hovered=null}#l(e){let t=this.#s(e);t&&(this.current=t.index,this.hovered=this.summary?.days[t.index]??null,this.segment=t.part??null)}#o(e){if(!(e.ctrlKey||e.altKey||e.metaKey)){if(e.key==="Enter"||e.key===" ")this.#n(e);else if(e.key in un)this.#c(un[e.key]*(e.key.startsWith("Arrow")&&this.matches(":dir(rtl)")?-1:1));else if(e.key==="ArrowUp"||e.key==="ArrowDown")this.#h(e.key==="ArrowUp"?1:-1);else return;e.preventDefault()}}#c(e){let t=(this.summary?.days.length??1)-1;this.current=Math.min(Math.max(this.current+e,0),t),this.segment=null,this.moveFocus=!0}#h(e){let t=this.summary?.days[this.current],s=Me.filter(r=>t&&t[r]>0),n=(this.segment?s.indexOf(this.segment):-1)+e;this.segment=s[Math.min(Math.max(n,-1),s.length-1)]??null,this.moveFocus=!0,this.requestUpdate()}render(){let e=this.summary?.days??[];return o`${nn(e.length)}
<div class="tiles" role="group" aria-label="Sent Status">${this.#d(null)} ${bi.map(t=>this.#d(t))}</div>
${this.note?o`<p class="note muted" part="note">${p("info")} <bdi>${this.note}</bdi></p>`:l}
${this.summary||this.loading?this.#u(e):l} ${this.#p()}`}#p(){let{summary:e}=this,t=e?.evidence;if(e?!t:!this.loading)return l;let s=ht(t??{},K,G,this.times),n=`Strongest evidence${this.day?" in the whole period":""}: `;return o`<p class="evidence muted" part="evidence"><bdi>${s.length>0?[n,s]:l}</bdi></p>`}#d(e){let{counts:t,times:s}=this,n=t?.[e??"recipients"],r=n===void 0||!t||t.recipients===0?"":s.percent(n/t.recipients),a=e?this.status.includes(e):this.status.length===0;return o`<button
type="button"
part="tile"
class="tile ${n===0?"zero":""}"
aria-pressed=${a}
title=${e?R[e]:l}
@click=${()=>e?this.#t(e):this.#e({status:[]})}
>
<span class="word">${e?rn(e):p("envelope")}${e?k[e]:"All"}</span>
<span class="count">${n===void 0?this.loading?o`<i class="wait"></i>`:"–":s.number(n)}</span>
${e?o`<span class="muted share">${r}</span>`:l}
</button>`}#u(e){let{times:t}=this,s=an(Math.max(0,...e.map(({recipients:r})=>r))),n={days:e,scale:s,times:t,current:this.current,segment:this.segment,picked:this.day,status:this.status};return o`<section class="chart" part="chart" aria-labelledby="chart-title">
<header>
<h3 id="chart-title">E-mails per day</h3>
<p class="readout muted" aria-hidden="true"><bdi>${this.#m(e)}</bdi></p>
<button type="button" class="plain" aria-expanded=${this.showsTable} @click=${this.#f}>
As a table${p("down")}
</button>
</header>
${""}
<div class="plot ${this.summary?"":"waits"}" @focusin=${this.#l} @focusout=${this.#a}>
<div class="heights muted" aria-hidden="true">${[s,s/2,0].map(r=>o`<span>${t.number(r)}</span>`)}</div>
<svg
class="bars"
role="group"
aria-label="E-mails per day. Left and right arrow keys go to other days, up and down to a day’s parts. Enter shows only these."
@click=${this.#n}
@keydown=${this.#o}
@pointerover=${this.#r}
@pointerleave=${this.#a}
>
${dn()}${cn(n)}
</svg>
<div class="labels muted" aria-hidden="true">
${hn(e,t).map(({text:r,at:a})=>o`<span style=${re({"inset-inline-start":`${a}%`})}>${r}</span>`)}
</div>
</div>
${this.showsTable?this.#g(e):l}
</section>`}#m(e){if(this.hovered)return kt(this.hovered,this.times);let t=e.find(s=>s.day===this.day);return t?`Only ${kt(t,this.times)}`:"Choose a day, or a part of it, to see only its e-mails."}#f(){this.showsTable=!this.showsTable}#g(e){let{times:t}=this;return o`<div class="numbers" role="region" aria-label="E-mails per day, as a table" tabindex="0">
<table>
<thead>
<tr>
<th scope="col">Day</th>
${bi.map(s=>o`<th scope="col">${k[s]}</th>`)}
<th scope="col">All</th>
</tr>
</thead>
<tbody>
${e.map((s,n)=>o`<tr>
<th scope="row">
<button type="button" class="plain" aria-pressed=${this.day===s.day} @click=${()=>this.#i(n,void 0)}>
${t.day(s.day)}
</button>
</th>
${bi.map(r=>o`<td class=${s[r]===0?"muted":""}>${t.number(s[r])}</td>`)}
<td>${t.number(s.recipients)}</td>
</tr>`)}
</tbody>
</table>
</div>`}};customElements.get("invoice-email-report-totals")??customElements.define("invoice-email-report-totals",$i);var yi=10,mn={period:{},from:{},to:{},status:{},clientId:{attribute:"client"},recipient:{},invoice:{}},Po=["from","to","client","recipient","invoice"],xt=class extends w{static properties={...mn,filtersInUrl:{attribute:"filters-in-url"},filters:{state:!0},errors:{state:!0},explains:{state:!0},selected:{state:!0}};static styles=[y,v,M,T,As,Ts,Os,us,Es];#e=new Set;#t=0;#i=yi;#s=new dt(this,()=>this.filtersInUrl??null,()=>this.#h());#n=new ut({problemOf:e=>this.problemOf(e),changed:()=>this.requestUpdate()});#r=new ct({ask:(e,t)=>this.#l(e,t),problemOf:e=>this.#c(e),changed:()=>this.requestUpdate(),replaced:()=>{this.#$()}});constructor(){super(),this.filtersInUrl=void 0,this.filters=pe(),this.today="",this.query={},this.loadedAt="",this.errors={},this.explains=!1,this.selected="",new Ne(this,{selector:".page, .space, .end",look:e=>this.#v(e)})}connectedCallback(){super.connectedCallback(),this.hasUpdated&&this.refresh()}disconnectedCallback(){super.disconnectedCallback(),this.#r.stop(),this.#n.stop()}willUpdate(e){let t=!this.hasUpdated;(t||Object.keys(mn).some(n=>e.has(n)))&&(this.filters=t&&this.#s.read()||this.#o()),!t&&e.has("filtersInUrl")&&this.#p();let s=this.hasOtherToken(e);(t||s||["api","timezone","filters"].some(n=>e.has(n)))&&this.#a(s)}refresh(){this.#a(!0)}#a(e){let{client:t,times:s}=this;this.today=s.today(Date.now()),this.filters=lt(this.filters,this.today);let{status:n,client:r,recipient:a,invoice:c}=this.filters,{timezone:d}=s;this.query={...at(this.filters,this.today),timezone:d,status:n.join(","),client:r,recipient:a,invoice:c},this.errors={},this.#i=yi,this.#r.restart(),this.#n.load(t,{...Te(this.filters,this.today),timezone:d},e)}async#l(e,t){let s=await this.client.get("v1/reports/invoice-emails",{...this.query,limit:ze,cursor:e},{signal:t});return e===void 0&&(this.loadedAt=new Date().toISOString()),s}#o(){let e=this;return ot(t=>e[t==="client"?"clientId":t])}#c(e){let t=this.problemOf(e),s=(t?.errors??[]).filter(({pointer:n})=>Po.includes(n));return this.errors=Object.fromEntries(s.map(({pointer:n,detail:r})=>[n,`This ${r}`])),t}#h(){this.#u(this.#s.read()??this.#o())}#p(){let e=this.filtersInUrl==null?null:lt(this.#s.read()??this.#o(),this.today);e&&JSON.stringify(e)!==JSON.stringify(this.filters)&&(this.filters=e)}#d(e){this.#u({...this.filters,...e})&&this.#s.write(this.filters)}#u(e){let t=lt(e,this.today);return JSON.stringify(t)===JSON.stringify(this.filters)?!1:(this.filters=t,this.announce("filter",{...t,...at(t,this.today)}),!0)}#m(e){this.#d(e),this.#b(".body")}#f(){let{period:e,from:t,to:s}=this.filters;this.#m({...pe(),period:e,from:t,to:s})}#g(){this.#r.problem?.errors.some(({pointer:t})=>t==="cursor")||this.#n.problem?this.refresh():this.#r.more(),this.#b(".body")}async#$(){let e=this.shadowRoot?.activeElement;await this.updateComplete,e&&!e.isConnected&&this.#b(".body");let t=this.renderRoot.querySelector(".body");t&&t.getBoundingClientRect().top<0&&this.renderRoot.querySelector(".bar")?.scrollIntoView()}#b(e,t={preventScroll:!0}){let s=this.renderRoot.querySelector(e);s&&(s.tabIndex=0,s.addEventListener("blur",()=>s.tabIndex=-1,{once:!0}),s.focus(t))}#v(e){if(!this.checkVisibility({visibilityProperty:!0}))return;let t=this.renderRoot.querySelectorAll("tbody.page");for(let a of t)a.page.rows&&(a.page.heightPx=a.getBoundingClientRect().height);let s=this.#r,n=this.renderRoot.querySelector(".space");if(n&&!s.stale){let{fromPx:a,untilPx:c}=Ne.rangePx(n);s.look(a,c)&&this.#w()}!s.loading&&!s.paused&&!s.problem&&!s.ended&&this.#i>0&&[...e].some(a=>a.classList.contains("end"))&&(this.#i-=1,s.more())}async#w(){let e=this.shadowRoot?.activeElement;this.requestUpdate(),await this.updateComplete,e&&!e.isConnected&&this.#b("table")}async#k(e){let t=this.#r,s=t.count;if(this.#i=yi,await t.more(),await this.updateComplete,e.detail!==0)return;let n=this.renderRoot.querySelector(`tr[aria-rowindex="${s+2}"] button`);n?n.focus():this.#b(".foot",{})}#x(e){let t=me(e);this.#e.delete(t)||this.#e.add(t),this.#t+=1,this.requestUpdate()}#_({invoice:e,send:t,recipient:s}){this.announce("select",{invoice:e,send:t,recipient:s})&&(this.selected=e)}#y(){this.explains=!this.explains}#S(){this.#b(".foot",{})}render(){let{filters:e,times:t,connection:s}=this,n=this.#r,r=as(at(e,this.today),t),a=this.#n.matching(e),c=Object.keys(this.errors).length>0;return o`<section class="report" part="report" aria-labelledby="title">
${vs(r,a,{query:this.query,loadedAt:this.loadedAt&&t.time(this.loadedAt),connection:s,refresh:()=>this.refresh()})}
${xs(r,e,n,a,t)}
<invoice-email-report-filters
exportparts="filters"
.value=${e}
.span=${Te(e,this.today)}
.errors=${this.errors}
@change=${d=>this.#d(d.detail)}
></invoice-email-report-filters>
${ws(this.#n,e,{connection:s,hasMistakes:c,isTold:n.count===0&&n.problem!==null,pick:d=>this.#d(d),again:()=>this.#a(!0)})}
${ks(r,e,{times:t,explain:()=>this.#y(),allDays:()=>this.#m({day:""})})}
<button type="button" class="skip" @click=${this.#S}>Skip the table</button>
<div class="body" tabindex="-1">
${_s(n,e,{hasMistakes:c,showAll:()=>this.#f(),again:()=>this.#g()})??this.#A(r,a)}
</div>
<div class="end"></div>
${Ss(n,{total:a,times:t,more:d=>{this.#k(d)},again:()=>this.#g()})}
<div class="on-paper">${pi()}</div>
</section>
${this.explains?o`<invoice-email-dialog exportparts="dialog" heading="What an open proves" @close=${this.#y}>${pi()}</invoice-email-dialog>`:l}
${W(this.#E)}`}#A(e,t){let{api:s,token:n,locale:r,timezone:a}=this.connection;return Ds({list:this.#r,total:t,caption:`Invoice e-mails, ${e}, newest first`,row:{times:this.times,connection:this.connection,isOpen:c=>this.#e.has(me(c)),toggle:c=>this.#x(c),select:c=>this.#_(c),onlyClient:c=>this.#d({client:c})},changes:[this.#t,this.times,s,n,r,a],explain:()=>this.#y()})}get#E(){let e=this;return{connection:this.connection,invoice:this.selected,get following(){return e.selected?"select":""},set following(t){t===""&&(e.selected="")}}}};customElements.get("invoice-email-report")??customElements.define("invoice-email-report",xt);var $e=class{constructor(e,t,s=1500){this.ask=t,this.firstMs=s,this.wait=s,this.running=!1,this.asking=!1,this.isOnPage=!1,this.timer=void 0,e.addController(this)}start(){this.running=!0,this.wait=this.firstMs,this.#t()}stop(){this.running=!1,clearTimeout(this.timer)}hostConnected(){this.isOnPage=!0,document.addEventListener("visibilitychange",this.#e),this.running&&this.#t()}hostDisconnected(){this.isOnPage=!1,document.removeEventListener("visibilitychange",this.#e),clearTimeout(this.timer)}#e=()=>{clearTimeout(this.timer),this.running&&!document.hidden&&(this.wait=this.firstMs,this.#i())};#t(){clearTimeout(this.timer),this.running&&this.isOnPage&&!document.hidden&&(this.timer=setTimeout(()=>this.#i(),this.wait))}async#i(){if(!this.asking){this.asking=!0;try{this.wait=await this.ask()?this.firstMs:Math.min(this.wait*1.6,6e4)}finally{this.asking=!1,this.#t()}}}};var Io=2,Ro=4e3;function gn(i,e){let t=new Map(i.map(s=>[s.send,s]));return e.flatMap(s=>{let n=t.get(s.send);return s.recipients.flatMap(r=>{let{address:a,sent_status:c}=r,d=n?.recipients.find(m=>m.recipient===r.recipient);if(!d)return[{address:a,words:`New e-mail, ${Do(c)}`}];let h=fn(d);return[...fn(r)].filter(([m,b])=>b>(h.get(m)??0)).map(([m])=>({address:a,words:ne(...Lo(m))}))})})}function Do(i){return k[i]??i}function fn(i){let{people:e,machines:t}=ge(i),s=new Map;for(let{status:n,automatic:r,count:a}of[...e,...t]){let c=r?`${n} automatic`:n;s.set(c,(s.get(c)??0)+a)}return s}function Lo(i){let[e,t]=i.split(" ");return[e,t!==void 0]}function Uo(i){if(i.length<=Io)return i.map(({address:t,words:s})=>`${t}: ${s}.`).join(" ");let e=new Set(i.map(({address:t})=>t)).size;return`${i.length} new statuses${e>1?` of ${e} recipients`:""}.`}var _t=class{constructor(e){this.tell=e,this.waiting=[],this.timer=void 0}add(e){this.waiting.push(...e),this.timer===void 0&&this.#e()}stop(){clearTimeout(this.timer),this.timer=void 0,this.waiting=[]}#e(){this.timer=void 0,this.waiting.length!==0&&(this.tell(Uo(this.waiting)),this.waiting=[],this.timer=setTimeout(()=>this.#e(),Ro))}};var Pe=()=>import("./forms-LLJW3QLA.js"),jo=f`.skeleton{min-block-size:100dvh;padding-block-start:1.5rem}`,qo=o`<div class="skeleton" aria-busy="true"><span class="unseen">Loading…</span><i></i><i></i><i></i></div>`,Q=class extends w{static properties={isLoaded:{state:!0},isMissing:{state:!0}};static styles=[y,v,T,de,jo];constructor(){super(),this.isLoaded=!1,this.isMissing=!1}connectedCallback(){super.connectedCallback(),this.load()}load=async()=>{this.isMissing=!1;try{await Pe(),this.isLoaded=!0}catch{this.isMissing=!0}};get#e(){return this.renderRoot?.querySelector("[data-form]")??null}get unsent(){return this.#e?.unsent??!1}mayLeave(){return this.#e?.mayLeave()??Promise.resolve(!0)}form(){return""}render(){return this.isLoaded?this.form():this.isMissing?o`<div class="notice problem" part="problem" role="alert">
<span>This could not be loaded. Check the network and try again; if that does not help, reload the page.</span>
<button type="button" @click=${this.load}>Try again</button>
</div>`:qo}};function $n(i,e,t,s){let{people:n,machines:r}=ge(e);return e.statuses.length===0?o`<p class="muted">Nothing has happened yet.</p>`:o`${n.length>0?bn(i,n,{key:t,submittedAt:s,label:"Statuses"}):l}
${r.length>0?o`<div class="machines">
${bn(i,r,{key:t,submittedAt:s,label:"By machines"})}
<span class="muted">By machines; says nothing about a reader.${yt(r,i.ruleset)}</span>
</div>`:l}`}function bn(i,e,{key:t,submittedAt:s,label:n}){let r=e.filter(a=>a.count>1&&i.isExpanded(`${t} ${a.key}`));return o`<ol class="chips" aria-label=${n}>
${S(e,a=>a.key,(a,c)=>o`<li>${Vo(i,a,`${t} ${a.key}`,e[c-1]?.lines[0].at??s)}</li>`)}
</ol>
${S(r,a=>a.key,a=>Bo(i,a))}`}function Vo(i,e,t,s){let{status:n,automatic:r}=e,a=vt(i.times,e,s),c=`chip ${n}${r?" automatic":""}`;return e.count===1?o`<span class=${c} part="chip chip-${n}">${a}</span>`:o`<button
type="button"
class=${c}
part="chip chip-${n}"
aria-expanded=${i.isExpanded(t)}
@click=${()=>i.toggle(t)}
>
${a}<span class="turns">${p("down")}</span>
</button>`}function Bo(i,e){let t=e.count-e.lines.length;return o`<ol class="times" aria-label="Times of ${ne(e.status,e.automatic)}">
${S(e.lines,({at:s},n)=>`${s} ${n}`,({at:s})=>o`<li>${i.times.element(s,"seconds")}</li>`)}
${t>0?o`<li class="muted">and ${i.times.number(t)} more, of which only the count is kept</li>`:l}
</ol>`}function yn(i,e){return o`<table class="log">
<caption class="unseen">All statuses of ${e.address}</caption>
<thead>
<tr>
<th scope="col">Time</th>
<th scope="col">Status</th>
<th scope="col">Detail</th>
</tr>
</thead>
<tbody>
${S(e.statuses,({at:t,status:s},n)=>`${t} ${s} ${n}`,({at:t,status:s,automatic:n,detail:r,rule:a})=>o`<tr>
<td>${i.times.element(t,"seconds")}</td>
<td>${Ze(s,n)} ${ne(s,n)}</td>
<td><bdi>${r??Ye(s,n)}</bdi> ${a?mi(a,i.ruleset):l}</td>
</tr>`)}
</tbody>
</table>`}function wn(i,e,t){let s=`${e.send} ${t.recipient}`,n=t.superseded_by!==null;return o`<li class="recipient ${n?"replaced":""}" part="recipient" data-key=${s} tabindex="-1">
<div class="who">
<span class="kind">${F[t.kind]??t.kind}</span>
<span class="person">
${t.name?o`<bdi class="name">${t.name}</bdi>`:l}
<bdi class=${t.name?"muted":"name"}>${t.address}</bdi>
</span>
<span class="status">${z(t.sent_status)}</span>
</div>
<div class="what">
${$n(i,t,s,e.submitted_at)} ${Fo(i,e,t,s)}
${t.possibly_forwarded?Ho:l} ${Wo(i,t)} ${Go(i,t,s)}
${gt(i,t)} ${Jo(i,e,t,s)}
${i.isExpanded(`${s} log`)?o`<div id="log ${s}">${yn(i,t)}</div>`:l}
</div>
</li>`}function vi(i,e,t){let s=e,n=i.isExpanded(t);return o`<span class="evidence">
<span class="muted">Evidence:</span>
<button type="button" class="plain" aria-expanded=${n} @click=${()=>i.toggle(t)}>
${K[s]??e}${p("info")}
</button>
${n?o`<span class="explained">${G[s]??""}</span>`:l}
</span>`}function Fo(i,e,t,s){return o`<p class="facts">${vi(i,t.evidence,`${s} evidence`)} ${Ko(i,e,t)}</p>`}var Ho=o`<p class="remark">
${p("info")}<span>${st}</span>
</p>`;function Wo(i,{address:e,superseded_by:t,evidence:s}){return t||s!=="fetched_automatically"?l:(Pe().catch(()=>{}),o`<invoice-email-domain-hint hidden class="remark" .address=${e} .connection=${i.connection}></invoice-email-domain-hint>`)}function Ko(i,e,t){let{opens:s,clicks:n,last_opened_at:r}=t;if(s+n===0){let{sent_status:c,evidence:d,automatic_opens:h}=t;return c==="queued"||d==="none"||c==="rejected"&&d==="accepted"&&h===0?l:o`<span class="muted">Opens: ${it(s,e.tracked)}</span>`}let a=[s>0?vn(i,s,"open"):"",n>0?vn(i,n,"click"):""];return o`<span>${a.filter(Boolean).join(", ")}${r?o`, last ${i.times.element(r)}`:l}</span>`}function vn(i,e,t){return`${i.times.number(e)} ${t}${e===1?"":"s"}`}function Go(i,e,t){let{words:s,answer:n}=D(e.reason);if(!s&&!e.next_action)return l;let r=i.isExpanded(`${t} answer`);return o`<div class="reason ${e.sent_status}" part="reason">
<p>${s} ${Xo(i,e)}</p>
${n?o`<button type="button" class="plain" aria-expanded=${r} @click=${()=>i.toggle(`${t} answer`)}>
The server's own answer<span class="turns">${p("down")}</span>
</button>
${r?o`<blockquote><bdi>${n}</bdi></blockquote>`:l}`:l}
</div>`}function Xo(i,{next_action:e,wait_until:t}){return e?e==="wait"&&t?o`<strong>Wait: Amazon SES keeps trying until ${i.times.element(t)}.</strong>`:o`<strong>${is[e]??e.replaceAll("_"," ")}</strong>`:l}function Jo(i,e,t,s){let{next_action:n,address:r}=t,a=i.isExpanded(`${s} log`),c=o`<button
type="button"
class="plain"
aria-expanded=${a}
aria-label="Details of ${r}"
@click=${()=>i.toggle(`${s} log`)}
>
Details<span class="turns">${p("down")}</span>
</button>`;if(t.superseded_by!==null||n==="do_not_email")return o`<div class="actions">${c}</div>`;let d=n==="correct_address",h=d||n==="send_again",u=o`<button
type="button"
class=${h?d?"":"primary":"plain"}
aria-label="Send again to ${r}"
@click=${()=>i.resend(e,t,"same")}
>
${p("send_again")}Send again
</button>`,m=o`<button
type="button"
class=${h?d?"primary":"":"plain"}
aria-label="Correct the address and send again: ${r}"
@click=${()=>i.resend(e,t,"correct")}
>
${p("edit")}Correct the address and send again
</button>`,b=t.sent_status==="queued"?l:u;return o`<div class="actions">${d?o`${m}${b}`:o`${b}${m}`}${c}</div>`}function kn(i){let{page:e}=i,t=i.isExpanded("what opens prove");return o`<header>
<h2>E-mails of invoice <bdi>${i.invoice}</bdi></h2>
<span class="overall">
${e?z(e.sent_status):l}
${e?.sent_status?vi(i,e.evidence,"evidence"):l}
</span>
<span class="tools">
<span class="muted">Times in ${i.times.timezone}</span>
<button type="button" class="plain" aria-expanded=${t} @click=${()=>i.toggle("what opens prove")}>
${p("info")}What an open proves
</button>
<button type="button" class="plain" aria-label="Refresh" title="Refresh" @click=${i.refresh}>
${p("refresh")}
</button>
</span>
</header>
${t?o`<ul class="proves">
${nt.map(s=>o`<li>${s}</li>`)}
</ul>`:l}`}var St=class i{constructor(e){this.sent_status=e.sent_status,this.evidence=e.evidence,this.ruleset=e.ruleset,this.sends=e.sends,this.next_cursor=e.next_cursor,this.hasOlder=!1}renewed(e){let t=new i(e);return t.sends=xn(this.sends,e.sends),t.hasOlder=this.hasOlder,this.hasOlder&&(t.next_cursor=this.next_cursor),t}followed(e){let t=new i({...e,sent_status:this.sent_status,evidence:this.evidence});return t.sends=xn(this.sends,e.sends),t.hasOlder=!0,t}};function xn(i,e){let t=new Map(i.map(s=>[s.send,s]));for(let s of e)t.set(s.send,s);return[...t.values()].sort((s,n)=>s.send<n.send?1:-1)}var _n=f`.recipient{display:grid;gap:.5rem 1.5rem;padding:.75rem .875rem;border-block-start:1px solid var(--_line)}.recipient:focus-visible{outline-offset:-2px}@container (width >= 46rem){.recipient{grid-template-columns:minmax(12rem,17rem) minmax(0,1fr)}}.who{display:grid;grid-template-columns:2rem minmax(0,1fr);gap:.375rem .5rem;align-content:start;align-items:baseline}.kind{font-size:.8125rem;color:var(--_muted)}.person{display:grid}.name{font-weight:500}.who .status{grid-column:2}@container (30rem <= width < 46rem){.who{grid-template-columns:2rem minmax(0,1fr) auto}.who .status{grid-column:3}}.what{display:grid;align-content:start;gap:.5rem;min-inline-size:0}.replaced .person{text-decoration:line-through;color:var(--_muted)}.replaced .chip,.replaced .badge{background:none}.chips{display:flex;flex-wrap:wrap;align-items:flex-start;gap:.375rem}.chip{min-block-size:1.75rem;max-inline-size:100%;font-size:.8125rem}button.chip{padding-block:.1em}button.chip:hover{text-decoration:underline}.when{font-variant-numeric:tabular-nums}.count{font-weight:600}.times{display:flex;flex-wrap:wrap;gap:.125rem 1.25rem;padding-inline-start:.75rem;border-inline-start:3px solid var(--_line);font-size:.8125rem;font-variant-numeric:tabular-nums}.machines{display:flex;flex-wrap:wrap;align-items:baseline;gap:.375rem .75rem;font-size:.8125rem}.machines>.times{order:1;flex-basis:100%}.facts{display:flex;flex-wrap:wrap;align-items:center;gap:0 1rem;font-size:.875rem}.evidence{display:inline-flex;flex-wrap:wrap;align-items:center;gap:0 .375rem}.evidence button{color:var(--_text)}.evidence button .icon{color:var(--_accent)}.remark{display:flex;gap:.375rem;max-inline-size:52rem;font-size:.875rem;color:var(--_muted)}.remark[hidden]{display:none}.remark .icon{margin-block-start:.2em}.explained{max-inline-size:44rem;font-size:.875rem;color:var(--_muted)}.reason{max-inline-size:52rem;padding-inline-start:.75rem;border-inline-start:3px solid var(--_queued)}.reason.rejected{border-color:var(--_rejected)}.reason.delayed{border-color:var(--_delayed)}.reason.marked_spam{border-color:var(--_marked_spam)}.reason strong{font-weight:600}.reason button{font-size:.875rem}blockquote{margin:.25rem 0 0;padding:.5rem .75rem;border-radius:var(--_radius);background:var(--_raised);font:.8125rem/1.5 ui-monospace,monospace;white-space:pre-wrap}.actions{display:flex;flex-wrap:wrap;align-items:center;gap:.375rem 1rem;font-size:.875rem}.log{inline-size:100%;border-collapse:collapse;font-size:.8125rem}.log th{font-weight:500;color:var(--_muted)}.log th,.log td{padding:.25rem .75rem .25rem 0;padding-inline:0 .75rem;border-block-end:1px solid var(--_line);text-align:inherit;vertical-align:baseline}.log td:not(:last-child){white-space:nowrap}.log time{font-variant-numeric:tabular-nums}@container (width < 40rem){.log,.log tbody,.log tr,.log td{display:block}.log thead{position:absolute;clip-path:inset(50%)}.log td{padding-block:0;border:0}.log tr{padding-block:.375rem;border-block-end:1px solid var(--_line)}}`;function Sn(i,e){let t=i.isSendOpen(e.send),s=e.recipients.length;return o`<li class="send" part="send" data-send=${e.send}>
<div class="head">
<h3>
<button type="button" class="plain" aria-expanded=${t} @click=${()=>i.toggleSend(e.send)}>
<span class="turns">${p("down")}</span>${i.times.element(e.submitted_at)}
</button>
</h3>
<p class="meta">
<bdi class="subject">${s===0?"Sent to nobody":e.subject}</bdi>
<span class="muted">
${tt[e.source]??Ee(e.source)}${e.sent_by?o` by <bdi>${e.sent_by}</bdi>`:l}
${t||s===0?l:`· ${i.times.number(s)} recipient${s===1?"":"s"}`}
${e.tracked||s===0?l:"· opens and clicks not tracked"}
</span>
${t?l:Qo(i,e)}
</p>
${s===0?l:o`<button
type="button"
class="plain proof"
aria-label="Proof of the e-mail of ${i.times.dateTime(e.submitted_at)}"
@click=${()=>i.prove(e.send)}
>
${p("download")}Proof
</button>`}
${bt(i,e)}
</div>
${t?o`<ul class="recipients">
${S(e.recipients,({recipient:n})=>n,n=>wn(i,e,n))}
</ul>
${$t(e.skipped,i.times)}`:l}
</li>`}function Qo(i,{recipients:e}){let t=Object.keys(k).map(s=>({status:s,count:e.filter(n=>n.sent_status===s).length}));return o`<span class="tally">
${t.filter(({count:s})=>s>0).map(({status:s,count:n})=>o`<span>
${z(s)}
${n>1?o`<span class="muted">×${i.times.number(n)}</span>`:l}
</span>`)}
</span>`}var An=f`:host{container-type:inline-size}.send .skipped{padding:0 .875rem .75rem}.view{display:grid;gap:1rem;overflow-wrap:anywhere}header{display:flex;flex-wrap:wrap;align-items:center;gap:.25rem 1rem}header h2{font-size:1.25rem}.overall{display:inline-flex;flex-wrap:wrap;align-items:center;gap:0 1rem;min-block-size:1.75rem;font-size:.875rem}.tools{display:flex;flex-wrap:wrap;align-items:center;gap:0 1rem;margin-inline-start:auto;font-size:.875rem}.proves{display:grid;gap:.25rem;padding:.75rem 1rem;border:1px solid var(--_line);border-radius:var(--_radius);background:var(--_raised);font-size:.875rem}button.plain{min-block-size:1.75rem;min-inline-size:1.75rem;padding-inline:0;text-align:inherit}.turns{display:inline-flex;font-size:.75em;transition:rotate .12s}[aria-expanded=true]>.turns{rotate:180deg}.sends{display:grid;gap:1rem}.send{border:1px solid var(--_line);border-radius:calc(var(--_radius) * 1.5);overflow:clip}.send h3{font-size:1rem}.send h3 button{min-block-size:2.25rem;color:var(--_text);font-weight:600}.send h3 .turns{rotate:-90deg;color:var(--_muted)}.send h3 .turns:dir(rtl){rotate:90deg}.send h3 [aria-expanded=true]>.turns:is(:dir(ltr),:dir(rtl)){rotate:0deg}.head{display:flex;flex-wrap:wrap;align-items:baseline;gap:0 1rem;padding-block:.125rem;padding-inline:.875rem;background:var(--_raised)}.meta{flex:1 1 20rem;display:flex;flex-wrap:wrap;align-items:baseline;gap:.125rem 1rem;min-inline-size:0;padding-block:.375rem;font-size:.875rem}.tally{display:inline-flex;flex-wrap:wrap;gap:.25rem .75rem}.proof{font-size:.875rem}@container (width < 30rem){.proof{margin-inline-start:auto}.meta,.head>.link{order:1}}.head>.link{flex-basis:100%;padding-block-end:.375rem}.link{font-size:.875rem;color:var(--_muted)}.link button{display:inline;padding:0;text-decoration:underline;font:inherit}.trouble{position:sticky;inset-block-end:.5rem}.older{justify-self:start}.empty{display:grid;justify-items:center;gap:.75rem;padding:2.5rem 1rem;border:1px dashed var(--_line);border-radius:calc(var(--_radius) * 1.5);text-align:center}.empty>.icon{inline-size:2rem;block-size:2rem;color:var(--_muted)}.skeleton{min-block-size:16rem;padding:.875rem;border:1px solid var(--_line);border-radius:calc(var(--_radius) * 1.5)}`;var At=f`.warnings{display:grid;gap:.375rem;margin:0;padding:0;list-style:none}.warnings li{display:flex;flex-wrap:wrap;align-items:baseline;gap:.25rem .5rem;padding:.375rem .625rem;border-inline-start:3px solid var(--_delayed);border-radius:var(--_radius);background:var(--_delayed-back);color:var(--_delayed)}.warnings li>span{flex:1 1 12rem;overflow-wrap:anywhere}.warnings button{min-block-size:1.75rem;padding-block:0;overflow-wrap:anywhere}`;function Ie(i,{onSuggestion:e}={}){return!i||i.length===0?l:o`<ul class="warnings" part="warnings">
${i.map(({detail:t,suggestion:s})=>o`<li>
${p("marked_spam")}<span><span class="unseen">Warning: </span>${t}</span>
${s&&e?o`<button type="button" @click=${()=>e(s)}><bdi>Use ${s}</bdi></button>`:l}
</li>`)}
</ul>`}function En(i,e){return i.filter(t=>!e.some(({code:s,detail:n})=>s===t.code&&n===t.detail))}var Zo=160,Yo=1600,ea=1e4,wi=class extends w{static properties={html:{attribute:!1},scheme:{},height:{state:!0},omitted:{state:!0},failed:{state:!0}};static styles=[y,v,T,f`iframe{display:block;box-sizing:content-box;inline-size:calc(100% - 2px);border:1px solid var(--_line);border-radius:var(--_radius);background:#fff}[hidden]{display:none}p{margin-block-start:.375rem;font-size:.875em}`];constructor(){super(),this.html="",this.scheme="light",this.height=320,this.omitted=0,this.failed=!1,this.port=void 0,this.patience=void 0}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.patience),this.#t()}updated(e){(e.has("html")||e.has("scheme"))&&this.#i()}#e(e){this.#t();let{port1:t,port2:s}=new MessageChannel;this.port=t,t.onmessage=({data:r})=>this.#s(r),e.target.contentWindow?.postMessage("invoice-email:mail","*",[s]),clearTimeout(this.patience),this.patience=setTimeout(()=>this.failed=!0,ea),this.#i()}#t(){this.port?.close(),this.port=void 0}#i(){this.port?.postMessage({html:this.html,scheme:this.scheme})}#s({height:e,omitted:t,failed:s}){clearTimeout(this.patience),s===!0&&(this.failed=!0),typeof e=="number"&&(this.height=Math.min(Math.max(e,Zo),Yo)),typeof t=="number"&&(this.omitted=t,this.failed=!1)}render(){let e=new URL("ui/mail.html",this.client.base).href;return o`${this.failed?o`<div class="notice problem" role="alert">
The preview cannot be shown here. What is sent is not affected; the text shows the same.
</div>`:l}<iframe
part="mail"
title="The e-mail as its recipients see it"
sandbox="allow-scripts"
referrerpolicy="no-referrer"
src=${e}
style=${re({"block-size":`${this.height}px`,"color-scheme":this.scheme})}
?hidden=${this.failed}
@load=${this.#e}
></iframe>
${this.omitted>0?o`<p class="muted">Pictures from the internet are not loaded here.</p>`:l}`}};customElements.get("invoice-email-mail-frame")??customElements.define("invoice-email-mail-frame",wi);var ki={state:"none",content:"",preview:null,problem:null},Et=class{constructor(e,t,s){this.ask=e,this.problemOf=t,this.show=s,this.result=ki,this.ended=new AbortController,this.running=Promise.resolve()}knows(e){return this.result.content===e&&(this.result.state==="known"||this.result.state==="refused")}async of(e){let t=this.result.content===e&&this.result.state==="asking";return!this.knows(e)&&!t&&(this.forget(),this.running=this.#e(e,this.ended.signal)),await this.running,this.result}forget(){this.ended.abort(),this.ended=new AbortController,this.#t({...this.result,state:"none",content:"",problem:null})}async#e(e,t){this.#t({...this.result,state:"asking",content:e,problem:null});try{let s=await this.ask(e,t);t.aborted||this.#t({state:"known",content:e,preview:s,problem:null})}catch(s){let n=this.problemOf(s);if(!n||t.aborted)return;let r=!n.mayPass&&n.status!==401&&n.status!==403;this.#t({...this.result,state:r?"refused":"failed",problem:n})}}#t(e){this.result=e,this.show(e)}};var Tn=f`:host{display:contents}form{display:grid;gap:1rem}dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.25rem 1rem;margin:0}dt{color:var(--_muted)}dd{margin:0;overflow-wrap:anywhere}.waiting{color:var(--_muted)}.field{display:grid;gap:.375rem}.tick{display:flex;align-items:center;gap:.5rem;min-block-size:1.75rem;font-size:inherit;color:var(--_text)}.tick input{inline-size:1.125rem;block-size:1.125rem;margin:0;accent-color:var(--_accent)}.result{display:grid;align-content:start;gap:.5rem;min-block-size:2.75rem}.result>p{display:flex;align-items:baseline;gap:.4rem}.blocked{display:grid;gap:.5rem;padding:.625rem .75rem;border:1px solid var(--_rejected);border-inline-start-width:4px;border-radius:var(--_radius)}.blocked strong{color:var(--_rejected)}.row{display:flex;flex-wrap:wrap;gap:.5rem}.actions{position:sticky;inset-block-end:0;z-index:1;padding-block:.5rem;background:var(--_surface);display:flex;flex-wrap:wrap;justify-content:flex-end;gap:.5rem}.actions .aside{margin-inline-end:auto;padding-inline:0}summary{min-block-size:1.75rem;color:var(--_accent);cursor:pointer}invoice-email-mail-frame{margin-block-start:.5rem}@container (width < 24rem){dl{grid-template-columns:1fr;gap:0}dd+dt{margin-block-start:.375rem}}`;function ta({name:i,address:e}){return i?o`<bdi>${i}</bdi> <bdi class="muted">${e}</bdi>`:o`<bdi>${e}</bdi>`}function On(i){let{recipient:e,result:t,mode:s}=i,{words:n}=D(e.reason),r=t.preview?.subject;return o`
<dl>
<dt>Invoice</dt>
<dd><bdi>${i.invoice}</bdi></dd>
<dt>${s==="same"?"To":"Instead of"}</dt>
<dd>${ta(e)}</dd>
${n?o`<dt>Last time</dt>
<dd>${n}</dd>`:l}
<dt>Subject</dt>
<dd>${r===void 0?o`<span class="waiting">As before</span>`:o`<bdi>${r}</bdi>`}</dd>
</dl>
${s==="correct"?ia(i):l}
<div class="result" role="status">${sa(i)}</div>
<p class="muted">
The same e-mail goes out once more, to this person alone. It takes the place of the earlier one in the history.
</p>
${aa(i)}
${i.problem&&!i.fieldError?_(i.problem,i.problem.mayPass?()=>i.submit(new Event("submit")):void 0):l}
`}function ia(i){let e=i.fieldError;return o`<div class="field">
<label for="address">New address</label>
<input
id="address"
name="address"
type="text"
inputmode="email"
autocomplete="off"
autocapitalize="off"
spellcheck="false"
dir="ltr"
data-autofocus
aria-invalid=${e?"true":"false"}
aria-describedby="address-error"
.value=${be(i.address)}
@input=${({target:t})=>i.changeAddress(t.value)}
@change=${i.recheck}
/>
<span id="address-error" class="error">${e}</span>
</div>
<label class="tick">
<input
type="checkbox"
.checked=${be(i.saves)}
@change=${({target:t})=>i.changeSaves(t.checked)}
/>
Also correct it at the client
</label>`}function sa(i){let{result:e,person:t}=i;return i.isSubmitting&&e.state!=="asking"?o`<p class="muted">Sending…</p>`:e.state==="asking"?o`<p class="muted">Checking the address…</p>`:e.state==="failed"?o`<p class="muted">The address could not be checked. ${e.problem?.message}</p>`:e.state==="refused"?i.fieldError?l:o`<p class="error">${e.problem?.message}</p>`:t?t.sent_status==="rejected"?ra(i):t.warnings.length>0?Ie(t.warnings,{onSuggestion:s=>na(i,s)}):o`<p class="muted">${p("delivered")}Nothing is known against this address.</p>`:l}function na(i,e){i.changeAddress(e,!0),i.focusOn("#address")}function ra(i){let{person:e,allowing:t}=i;return o`<div class="blocked" part="blocked">
<strong>This address is blocked</strong>
<p>${e?.reason}</p>
${t===""?o`<div class="row">
<button type="button" @click=${()=>oa(i)}>Allow e-mails to this address again</button>
</div>`:o`<p>
Allow e-mails to <bdi>${e?.address}</bdi> again? Do so only if you know that the address works, or that the
person wants your e-mails.
</p>
<div class="row">
<button id="allow" type="button" aria-disabled=${t==="running"} @click=${i.allow}>
${t==="running"?"Allowing…":"Yes, allow"}
</button>
<button type="button" @click=${()=>i.allowing=""}>No</button>
</div>`}
</div>`}function oa(i){i.allowing="asked",i.focusOn("#allow")}function aa(i){let{preview:e}=i.result;return e?o`<details @toggle=${({target:t})=>i.showsMail=t.open}>
<summary>See the e-mail</summary>
${i.showsMail?o`<invoice-email-mail-frame .html=${e.html} .api=${i.api}></invoice-email-mail-frame>`:l}
</details>`:l}function Cn(i){let e=i.mode==="same"&&i.result.state==="refused",t=i.isSubmitting||i.isBlocked||e,s=(i.person?.warnings.length??0)>0;return o`<div class="actions">
${i.mode==="same"?o`<button type="button" class="plain aside" @click=${i.correctInstead}>
${p("edit")}Correct the address
</button>`:l}
<button type="button" ?data-autofocus=${i.mode==="same"} @click=${i.dismiss}>Cancel</button>
<button id="send" type="submit" class="primary" aria-disabled=${t}>
${p("send_again")}${s&&!i.isBlocked?"Send anyway":"Send again"}
</button>
</div>`}function zn(i,e){let t=e.recipients.some(({sent_status:s})=>s==="rejected");return o`<div class="field" role="status">
<p>
${t?"It was recorded, but will not be sent: this address is blocked. The history says why.":o`It is on its way to <bdi>${e.recipients.map(({address:s})=>s).join(", ")}</bdi>.`}
</p>
${Ie(e.recipients.flatMap(({warnings:s})=>s))}
</div>
<div class="actions"><button id="done" type="button" class="primary" @click=${i.dismiss}>Close</button></div>`}var la=600,xi=class extends w{static properties={invoice:{},send:{},recipient:{attribute:!1},mode:{},address:{state:!0},saves:{state:!0},result:{state:!0},allowing:{state:!0},isSubmitting:{state:!0},problem:{state:!0},answer:{state:!0},showsMail:{state:!0}};static styles=[y,v,M,T,At,Tn];constructor(){super(),this.invoice="",this.send="",this.recipient={recipient:"",address:""},this.mode="same",this.address="",this.saves=!1,this.result=ki,this.allowing="",this.isSubmitting=!1,this.problem=null,this.answer=null,this.showsMail=!1,this.keys=new Map,this.isClosed=!1,this.typing=void 0,this.check=new Et((e,t)=>this.#e(e,t),e=>this.problemOf(e),e=>{this.result=e})}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.typing),this.check.forget()}firstUpdated(){this.address=this.recipient.address,this.mode==="same"&&this.check.of(this.content)}get path(){return`v1/invoices/${encodeURIComponent(this.invoice)}/emails/${encodeURIComponent(this.send)}/resend`}get content(){let{recipient:e}=this.recipient;return this.mode==="same"?JSON.stringify({recipient:e}):JSON.stringify({recipient:e,address:this.address.trim(),save_to_client:this.saves})}get isChecked(){return this.check.knows(this.content)}get person(){return this.result.state==="known"&&this.isChecked?this.result.preview?.recipients[0]??null:null}get isBlocked(){return this.person?.sent_status==="rejected"}get fieldError(){let e=this.problem??this.result.problem;return this.mode==="same"||!e?"":e.errors.filter(({pointer:s})=>s==="/address").map(({detail:s})=>`The address ${s}`).join(". ")}#e(e,t){let s=AbortSignal.any([t,this.untilRemoved.signal]);return this.client.post(`${this.path}/preview`,JSON.parse(e),{signal:s})}changeAddress(e,t=!1){this.address=e,this.problem=null,this.allowing="",clearTimeout(this.typing),!this.isChecked&&(this.check.forget(),t?this.recheck():this.typing=setTimeout(()=>this.recheck(),la))}changeSaves(e){this.saves=e,this.problem=null,this.recheck()}recheck(){clearTimeout(this.typing);let e=/[^@\s]@[^@\s]+\.[^@\s.]{2}/.test(this.address);(this.mode==="same"||e&&this.address.trim()!==this.recipient.address)&&this.check.of(this.content)}correctInstead(){this.mode="correct",this.problem=null,this.allowing="",this.check.forget(),this.focusOn("#address")}async submit(e){if(e.preventDefault(),!(this.isSubmitting||this.isBlocked)){this.problem=null,this.isSubmitting=!0,clearTimeout(this.typing);try{await this.#t()&&await this.#i()}finally{this.isSubmitting=!1,this.isClosed&&this.#r()}}}async#t(){let e=this.content;if(this.mode==="correct"&&this.address.trim()==="")return this.focusOn("#address"),!1;let t=this.isChecked,{state:s,content:n}=await this.check.of(e);return this.isClosed||n!==e?!1:(s==="refused"&&this.focusOn("#address"),s!=="known"?s==="failed":!this.isBlocked&&(t||this.person?.warnings.length===0))}async#i(){let e=this.content,t=this.keys.get(e)??Je();this.keys.set(e,t);try{let s={idempotencyKey:t,signal:this.untilRemoved.signal};this.#s(await this.client.post(this.path,JSON.parse(e),s))}catch(s){this.problem=this.problemOf(s),this.fieldError&&this.focusOn("#address")}}#s(e){let t=this.person?.warnings??[],s=e.recipients.some(({sent_status:n,warnings:r})=>n==="rejected"||En(r,t).length>0);this.announce("sent",{invoice:this.invoice,send:e.send,answer:e}),s?(this.answer=e,this.focusOn("#done")):this.dismiss()}async allow(){let e=this.person?.address;if(!(!e||this.allowing==="running")){this.allowing="running",this.problem=null;try{let t={signal:this.untilRemoved.signal};await this.client.delete(`v1/suppressions/${encodeURIComponent(e)}`,t)}catch(t){let s=this.problemOf(t);s?.status!==404&&(this.problem=s)}this.allowing=this.problem?"asked":"",!this.problem&&(this.focusOn("#send"),this.check.forget(),await this.check.of(this.content))}}async focusOn(e){await this.updateComplete,this.renderRoot.querySelector(e)?.focus()}dismiss(){this.renderRoot.querySelector("invoice-email-dialog")?.close()}#n(){this.isClosed=!0,this.isSubmitting||this.#r()}#r(){this.dispatchEvent(new CustomEvent("close"))}render(){let e=this.mode==="same"?"Send again":"Correct the address and send again";return o`<invoice-email-dialog exportparts="dialog" heading=${e} part="resend" @close=${this.#n}>
${this.answer?zn(this,this.answer):o`<form novalidate @submit=${this.submit}>${On(this)}${Cn(this)}</form>`}
</invoice-email-dialog>`}};customElements.get("invoice-email-resend")??customElements.define("invoice-email-resend",xi);var ca=3,Tt=class extends w{static properties={invoice:{},send:{},page:{state:!0},problem:{state:!0},isLoadingOlder:{state:!0},olderProblem:{state:!0},resending:{state:!0},proving:{state:!0},said:{state:!0},following:{state:!0}};static styles=[y,v,M,T,de,An,_n];constructor(){super(),this.invoice="",this.send=null,this.page=null,this.problem=null,this.isLoadingOlder=!1,this.olderProblem=null,this.resending=null,this.proving="",this.said="",this.following="",this.expanded=new Set,this.openSends=new Map,this.asking=new AbortController,this.latest=new AbortController,this.poll=new $e(this,()=>this.#a()),this.herald=new _t(e=>{this.said=e})}#e(){this.asking.abort(),this.asking=new AbortController,this.herald.stop(),this.page=null,this.problem=null,this.isLoadingOlder=!1,this.olderProblem=null,this.said="",this.resending=null,this.proving="",this.following="",this.expanded.clear(),this.openSends.clear()}connectedCallback(){super.connectedCallback(),document.addEventListener("invoice-email:sent",this.#t),this.hasUpdated&&this.#i()}disconnectedCallback(){super.disconnectedCallback(),document.removeEventListener("invoice-email:sent",this.#t),this.poll.stop(),this.herald.stop()}#t=e=>{e.detail?.invoice===this.invoice&&this.#i()};willUpdate(e){e.has("invoice")||e.has("api")||this.hasUpdated&&this.hasOtherToken(e)?(this.#e(),this.#i()):e.has("token")&&this.problem?this.#i():e.has("send")&&this.send&&this.page&&this.go(this.send)}async#i(){if(this.poll.stop(),this.problem=null,!this.invoice)return;let{signal:e}=this.asking;await this.#a(),this.isConnected&&!e.aborted&&this.#s&&this.poll.start()}again=()=>this.#i();async refresh(){this.said="",await this.#i(),this.problem||(this.said="Up to date.")}get#s(){return!this.problem||this.problem.mayPass}get#n(){return`v1/invoices/${encodeURIComponent(this.invoice)}/emails`}#r(e){let t=[this.asking.signal,this.untilRemoved.signal];return AbortSignal.any(e?[...t,e.signal]:t)}async#a(){this.latest.abort(),this.latest=new AbortController;let e=this.#r(this.latest);try{let t=await this.client.get(this.#n,{limit:20},{signal:e});return e.aborted?!1:(this.problem=null,this.#l(t))}catch(t){let s=this.problemOf(t);return s&&!e.aborted&&(this.problem=s),this.#s||this.poll.stop(),!1}}#l(e){let t=this.page,s=t?t.renewed(e):new St(e);return t&&JSON.stringify(t)===JSON.stringify(s)?!1:(this.page=s,this.#o(t===null),t?this.herald.add(gn(t.sends,s.sends)):this.send&&this.go(this.send),!0)}#o(e){let t=0;for(let{send:s}of this.sends){let n=e?t<ca:t===0;this.openSends.has(s)||this.openSends.set(s,n),t+=1}}async#c(){let{page:e}=this;if(!e?.next_cursor||this.isLoadingOlder)return;this.isLoadingOlder=!0,this.olderProblem=null;let t=this.#r(),s=e.sends.at(-1)?.send;try{let n=await this.client.get(this.#n,{limit:20,cursor:e.next_cursor},{signal:t});if(t.aborted)return;this.page=(this.page??e).followed(n),this.#o(!1),await this.#h(s)}catch(n){this.olderProblem=this.problemOf(n)}finally{this.isLoadingOlder=!1}}async#h(e){await this.updateComplete;let t=this.sends[this.sends.findIndex(({send:s})=>s===e)+1];t&&this.#p(t.send)?.focus()}get sends(){return this.page?.sends??[]}get ruleset(){return this.page?.ruleset??""}isExpanded(e){return this.expanded.has(e)}toggle(e){this.expanded.delete(e)||this.expanded.add(e),this.requestUpdate()}isSendOpen(e){return this.openSends.get(e)??!1}toggleSend(e){this.openSends.set(e,!this.isSendOpen(e)),this.requestUpdate()}#p(e){return this.renderRoot.querySelector(`[data-send="${CSS.escape(e)}"] h3 button`)}go=async e=>{this.openSends.set(e,!0),this.requestUpdate(),await this.updateComplete;let t=this.#p(e);t?.scrollIntoView({block:"center"}),t?.focus({preventScroll:!0})};async prove(e){try{await Pe(),this.proving=e}catch{this.problem=new E("offline")}}resend(e,t,s){this.resending={send:e.send,recipient:t,mode:s}}async#d(){let e=`${this.resending?.send} ${this.resending?.recipient.recipient}`;this.resending=null,await this.#i(),await this.updateComplete,!this.shadowRoot?.activeElement&&this.renderRoot.querySelector(`[data-key="${CSS.escape(e)}"]`)?.focus()}#u(){this.poll.running&&this.poll.wait>1e4&&this.poll.start()}#m(){this.announce("send",{invoice:this.invoice})&&(this.following="send")}render(){let{problem:e,page:t}=this;return o`<div class="view" @pointerenter=${this.#u} @focusin=${this.#u}>
${kn(this)} ${t?this.#f():e?l:da}
${e?o`<div class="trouble">${_(e,this.again)}</div>`:l}
<p class="unseen" role="status">${this.said}</p>
</div>
${this.#g()} ${this.#$()} ${W(this)}`}#f(){return this.sends.length===0?o`<div class="empty">
${p("envelope")}
<p>This invoice was never e-mailed.</p>
<button type="button" class="primary" @click=${this.#m}>Send by e-mail</button>
</div>`:o`<ol class="sends">
${S(this.sends,({send:e})=>e,e=>Sn(this,e))}
</ol>
${this.olderProblem?_(this.olderProblem,()=>this.#c()):l}
${this.page?.next_cursor?o`<button type="button" class="older" aria-disabled=${this.isLoadingOlder} @click=${this.#c}>
${this.isLoadingOlder?"Loading…":"Show older e-mails"}
</button>`:l}`}#g(){if(!this.resending)return l;let{send:e,recipient:t,mode:s}=this.resending;return o`<invoice-email-resend
exportparts="dialog"
.invoice=${this.invoice}
.send=${e}
.recipient=${t}
.mode=${s}
.connection=${this.connection}
@close=${this.#d}
></invoice-email-resend>`}#$(){return this.proving?o`<invoice-email-proof
exportparts="dialog"
.invoice=${this.invoice}
.send=${this.proving}
.connection=${this.connection}
@close=${()=>this.proving=""}
></invoice-email-proof>`:l}},da=o`<div class="skeleton" aria-busy="true">
<span class="unseen">Loading…</span><i></i><i></i><i></i><i></i>
</div>`;customElements.get("invoice-communications")??customElements.define("invoice-communications",Tt);function P({invoice:i,send:e,recipient:t}){return`${i} ${e} ${t}`}var Ot=class i{constructor(e,t){this.rows=e,this.cursor=t,this.keys=new Set(e.map(P)),this.counts={recipients:e.length};for(let{sent_status:s}of e)this.counts[s]=(this.counts[s]??0)+1;this.signature=JSON.stringify([e.map(s=>[P(s),s.sent_status,s.next_action,s.reason]),t===null])}static of({rows:e,next_cursor:t}){return new i(e,t)}get refreshable(){return Math.min(this.rows.length,1e3)}has(e){return this.keys.has(P(e))}followedBy({rows:e,next_cursor:t}){return new i([...this.rows,...e.filter(s=>!this.has(s))],t)}refreshed(e){let t=i.of(e),s=this.rows.slice(this.refreshable).filter(n=>!t.has(n));return s.length===0?t:new i([...t.rows,...s],this.cursor)}};var Mn=f`:host{container:attention / inline-size}.attention{display:grid;gap:1rem;min-inline-size:0}.head{display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:.5rem 1.5rem;min-block-size:2.25rem}h2{display:flex;align-items:center;gap:.5rem;min-block-size:2.25rem;font-size:1.25rem}h2:focus{outline:none}.count{display:inline-block;min-inline-size:1.6em;padding:0 .5em;border-radius:1em;background:var(--_rejected-back);color:var(--_rejected);font-size:.875rem;font-weight:600;line-height:1.6;text-align:center;font-variant-numeric:tabular-nums}.head p{flex:1 1 14rem;min-block-size:1.5em;font-size:.875rem}.filter{display:flex;flex-wrap:wrap;align-items:center;gap:.25rem .5rem}.filter select{inline-size:16rem;max-inline-size:100%}table{inline-size:100%;border-collapse:collapse;table-layout:fixed;line-height:1.35}thead th{padding:.5rem;border-block-end:2px solid var(--_line);color:var(--_muted);font-size:.8125rem;font-weight:600;text-align:inherit}thead th:nth-child(1){inline-size:22%}thead th:nth-child(2){inline-size:15%}thead th:nth-child(4){inline-size:12rem}thead th:nth-child(5){inline-size:14rem}tbody :is(th,td){padding:.625rem .5rem;border-block-end:1px solid var(--_line);font-weight:400;text-align:inherit;vertical-align:top;overflow-wrap:anywhere}tbody tr:hover{background:var(--_raised)}tr:focus{outline:2px solid var(--_accent);outline-offset:-2px}.who bdi{font-weight:600}.kind{padding:0 .35em;border:1px solid var(--_line);border-radius:.25rem;color:var(--_muted);font-size:.8125rem}.client,.exact{display:block;color:var(--_muted);font-size:.875rem}.client{max-block-size:4.2em;overflow:hidden}.link{min-block-size:1.5rem;padding:0;text-align:inherit;text-decoration:underline;text-underline-offset:.2em;text-decoration-color:color-mix(in srgb,currentColor 40%,transparent)}.link:hover{background:none;text-decoration-color:currentColor}.why p{margin-block-start:.25rem}summary{inline-size:fit-content;min-block-size:1.5rem;color:var(--_muted);font-size:.875rem;cursor:pointer}blockquote{margin:.25rem 0 0;padding:.375rem .625rem;border-inline-start:3px solid var(--_line);background:var(--_raised);font-family:ui-monospace,monospace;font-size:.8125rem;white-space:pre-wrap}.what{white-space:normal}.what button{min-block-size:2rem;text-align:inherit}.what .act{margin-inline-end:.75rem}.what .plain{padding-inline:0;font-size:.875rem}.words,.dealt{display:flex;align-items:baseline;gap:.4em;min-block-size:1.5rem}.words .icon,.dealt .icon{translate:0 .125em}.words .muted{font-size:.875rem}.dealt{color:var(--_opened)}tr.done{background:var(--_raised)}.since .label{display:none}.empty{display:grid;justify-items:center;gap:.5rem;padding:4rem 1rem;text-align:center}.empty .icon{inline-size:3rem;block-size:3rem;color:var(--_opened);stroke-width:1}.empty p{max-inline-size:30rem}.more{display:grid;justify-content:center}.foot{font-size:.875rem}.skeleton td{block-size:4.75rem}.skeleton span{display:block;inline-size:70%;block-size:.75rem;border-radius:3px;background:var(--_raised)}@container attention (max-width: 56rem){table,tbody,tr,tbody :is(th,td){display:block}thead{position:absolute;inline-size:1px;block-size:1px;overflow:hidden;clip-path:inset(50%)}tbody{display:grid;gap:.75rem}tbody tr{display:grid;grid-template-columns:minmax(0,1fr) fit-content(45%);gap:.25rem 1rem;padding:.75rem 1rem;border:1px solid var(--_line);border-radius:var(--_radius)}tbody :is(th,td){padding:0;border:0}tbody .invoice{display:grid;align-content:start;justify-items:end}.why,.what{grid-column:1 / -1}.since{grid-column:1 / -1;font-size:.875rem}.since .label,.exact{display:inline}.skeleton td{grid-column:1 / -1;block-size:1.5rem}}`,Pn=f`:host([badge]){display:inline-block;background:none;font-size:inherit;line-height:inherit;container:none}`;var Rn=["Recipient","Invoice","Why","Since","What to do"],ha=8,Re={...et,none:"Look into it"},pa={call:"phone",wait:"delayed",ask_to_allow:"envelope",do_not_email:"hand",none:"info"},ua={call:["correct_address","send_again"],ask_to_allow:["send_again"],none:["correct_address","send_again"]};function Dn(i){let e=i.queue?.rows??[],t=new Map;for(let{next_action:n}of e)t.set(n??"none",(t.get(n??"none")??0)+1);let s=Object.keys(Re).filter(n=>t.has(n)||n===i.action);return o`<label class="filter" part="filter"
><span>What to do</span>
<select
?disabled=${i.queue===null}
.value=${i.action}
@change=${n=>i.action=n.target.value}
>
<option value="" ?selected=${i.action===""}>Everything</option>
${s.map(n=>o`<option value=${n} ?selected=${i.action===n}>${Re[n]} (${t.get(n)??0})</option>`)}
</select></label
>`}function _i(i,e){return o`<table role="table" part="table" aria-busy=${e===null}>
<caption class="unseen">Who needs something done, oldest first</caption>
<thead role="rowgroup">
<tr role="row">${Rn.map(t=>o`<th role="columnheader" scope="col">${t}</th>`)}</tr>
</thead>
<tbody role="rowgroup">
${e===null?ma():S(e,P,t=>fa(i,t))}
</tbody>
</table>
${e?.length===0?o`<div class="notice">
<span>${i.queue?.cursor?"Nothing of this kind among those shown.":"Nothing of this kind."}</span>
<button type="button" @click=${()=>i.action=""}>Show everything</button>
</div>`:l}`}function ma(){return Array.from({length:ha},()=>o`<tr class="skeleton" aria-hidden="true">${Rn.map(()=>o`<td><span></span></td>`)}</tr>`)}function fa(i,e){let t=P(e),s=i.dealtWith.has(t);return o`<tr role="row" part="row" class=${s?"done":""} data-key=${t} tabindex="-1">
<th role="rowheader" scope="row" class="who">
${pt(e.address)}
${e.kind==="to"?l:o`<span class="kind">${F[e.kind]??e.kind}</span>`}
</th>
<td role="cell" class="invoice">
<button type="button" class="plain link" aria-label="Show the e-mails of invoice ${e.number??e.invoice}" @click=${()=>i.select(e)}>
<bdi>${e.number??e.invoice}</bdi>
</button>
<span class="client"><bdi>${e.client_name??e.client??""}</bdi></span>
</td>
<td role="cell" class="why">${z(e.sent_status)} ${ga(e)}</td>
<td role="cell" class="since">
<bdi><span class="label">Since </span>${i.times.ago(e.since,Date.now())}</bdi>
<span class="exact"><bdi>${i.times.element(e.since)}</bdi></span>
</td>
<td role="cell" class="what">${s?ba():$a(i,e)}</td>
</tr>`}function ga({reason:i,sent_status:e}){let{words:t,answer:s}=D(i),n=R[e]??"";return o`<p>${t||n}</p>
${s?o`<details>
<summary>The server’s own answer</summary>
<blockquote><bdi>${s}</bdi></blockquote>
</details>`:l}`}function ba(){return o`<p class="dealt">${p("delivered")}<span>Sent again. This row goes when the new e-mail has arrived.</span></p>`}function $a(i,e){let t=e.next_action??"none",s=o`<button type="button" class="plain" aria-label="Show e-mails of invoice ${e.number??e.invoice}" @click=${()=>i.select(e)}>
Show e-mails
</button>`;return t==="correct_address"||t==="send_again"?o`${In(i,e,t,"act")} ${s}`:o`<p class="words">
${p(pa[t]??"info")}<span
>${Re[t]??t.replaceAll("_"," ")}
${t==="wait"&&e.wait_until?o`<span class="muted">until ${i.times.element(e.wait_until)}</span>`:l}</span
>
</p>
${(ua[t]??[]).map(n=>In(i,e,n,"plain"))} ${s}`}function In(i,e,t,s){let n=t==="send_again"?"same":"correct";return o`<button type="button" class=${s} aria-label="${Re[t]}: ${e.address}" @click=${()=>i.resend(e,n)}>
${s==="act"?p(n==="same"?"send_again":"edit"):l}${Re[t]}
</button>`}var Ln=50,ya=100,va=9,wa=8e3,Ct=class extends w{static properties={badge:{type:Boolean,reflect:!0},queue:{state:!0},counts:{state:!0},problem:{state:!0},moreProblem:{state:!0},isLoadingMore:{state:!0},action:{state:!0},resending:{state:!0},following:{state:!0},said:{state:!0}};static styles=[y,v,M,T,Mn,Pn];constructor(){super(),this.badge=!1,this.queue=null,this.counts=null,this.looks=0,this.tells=!0,this.problem=null,this.moreProblem=null,this.isLoadingMore=!1,this.action="",this.resending=null,this.invoice="",this.following="",this.said="",this.dealtWith=new Set,this.announced="",this.focusOn="",this.asking=new AbortController,this.poll=new $e(this,()=>this.#s(),wa)}connectedCallback(){super.connectedCallback(),this.hasUpdated&&this.again()}willUpdate(e){this.hasUpdated?e.has("api")||this.hasOtherToken(e)?(this.#t(),this.again()):e.has("token")&&!this.poll.running&&this.poll.start():this.again()}updated(){this.focusOn&&this.#e()}#e(){[`${this.focusOn} .act`,this.focusOn,"h2"].map(t=>this.renderRoot.querySelector(t)).find(Boolean)?.focus(),this.focusOn=""}#t(){this.queue=null,this.counts=null,this.action="",this.resending=null,this.following="",this.said="",this.dealtWith.clear(),this.announced=""}again(){this.problem=null,this.moreProblem=null,this.isLoadingMore=!1,this.looks=0,this.tells=!0,this.poll.start(),this.#s()}#i=()=>{this.focusOn="h2",this.again()};async#s(){if(this.isLoadingMore)return!1;let e=this.#l();try{let t=this.badge||this.looks>0,s=t?await this.#n(e):null,n=s!==null&&(this.badge||this.#r(s)),r=!n&&await this.#a(e);return this.problem=null,this.looks=n?this.looks-1:va,this.badge&&n&&(this.queue=null),this.counts=t||!this.queue?.cursor?s:await this.#n(e),this.#c()||r}catch(t){let s=this.problemOf(t);return!s||e.aborted||(this.problem=s,s.mayPass||this.poll.stop()),!1}}async#n(e){if(!this.tells)return null;try{let t=await this.client.get("v1/attention/summary",{},{signal:e});return e.throwIfAborted(),t}catch(t){if(!(t instanceof E)||t.needsSignIn)throw t;return this.tells=t.status!==404,null}}#r(e){let t=this.queue?.cursor?this.counts:this.queue?.counts;return this.dealtWith.size===0&&Object.entries(e).every(([s,n])=>n===(t?.[s]??0))}async#a(e){let t=this.queue,s=Math.max(this.badge?ya:Ln,t?.refreshable??0),n=await this.client.get("v1/attention",{limit:s},{signal:e});return e.throwIfAborted(),this.#o(t?t.refreshed(n):Ot.of(n))}showMore=async()=>{let{queue:e}=this;if(!e?.cursor||this.isLoadingMore)return;let t=this.#l();this.isLoadingMore=!0,this.moreProblem&&(this.focusOn=".more button"),this.moreProblem=null;try{let s=await this.client.get("v1/attention",{limit:Ln,cursor:e.cursor},{signal:t});if(t.aborted)return;let n=s.rows.find(r=>!e.has(r));this.#o(e.followedBy(s)),this.said=`${s.rows.length} more.`,n&&(this.focusOn=`[data-key="${P(n)}"]`)}catch(s){let n=this.problemOf(s);t.aborted||(this.moreProblem=n)}finally{t.aborted||(this.isLoadingMore=!1)}};#l(){return this.asking.abort(),this.asking=new AbortController,AbortSignal.any([this.asking.signal,this.untilRemoved.signal])}#o(e){let t=this.queue?.signature!==e.signature;this.#h(e),this.queue=e;for(let s of this.dealtWith)e.keys.has(s)||this.dealtWith.delete(s);return this.#c(),t}get total(){let{queue:e,counts:t}=this,s=e?.rows.length??0,n=e?.cursor===null?s:Math.max(s,t?.recipients??0);return{count:n,more:!!e?.cursor&&n===s}}#c(){let{total:e}=this,t=JSON.stringify(e),s=t!==this.announced;return this.announced=t,s&&this.announce("attention-count",e),s}#h(e){let s=this.renderRoot.activeElement?.closest("[data-key]")?.getAttribute("data-key");if(!s||e.keys.has(s))return;let n=this.shown,r=n.findIndex(c=>P(c)===s),a=[...n.slice(r+1),...n.slice(0,r).reverse()].find(c=>e.has(c));this.focusOn=a?`[data-key="${P(a)}"]`:"h2"}get shown(){let e=this.queue?.rows??[];return this.action===""?e:e.filter(({next_action:t})=>(t??"none")===this.action)}select(e){let{invoice:t,send:s,recipient:n}=e;this.announce("select",{invoice:t,send:s,recipient:n})&&(this.invoice=t,this.following="select")}resend(e,t){this.resending={row:e,mode:t}}#p(e){this.dealtWith.add(P(e)),this.said=`Sent again to ${e.address}.`,this.poll.start()}#d(){let e=this.resending?.row;this.resending=null,e&&(this.focusOn=`[data-key="${P(e)}"]`)}#u(){if(!this.resending)return l;let{row:e,mode:t}=this.resending;return o`<invoice-email-resend
exportparts="dialog"
.connection=${this.connection}
.invoice=${e.invoice}
.send=${e.send}
.recipient=${e}
.mode=${t}
@invoice-email:sent=${()=>this.#p(e)}
@close=${this.#d}
></invoice-email-resend>`}#m(){let{count:e,more:t}=this.total;if(e===0)return l;let s=t||e>99?"99+":this.times.number(e);return o`<span class="count" part="count">${s}<span class="unseen"> need something done</span></span>`}#f(){return this.queue?this.queue.rows.length===0?o`<div class="empty" part="empty">
${p("empty")}
<p><strong>Nothing needs you.</strong></p>
<p class="muted">No e-mail waits for anybody. What fails appears here by itself.</p>
</div>`:o`${_i(this,this.shown)}
${this.queue.cursor?o`<div class="more">
<button type="button" aria-disabled=${this.isLoadingMore} @click=${this.showMore}>
${this.isLoadingMore?"Loading…":"Show more"}
</button>
</div>`:l}
${this.moreProblem?_(this.moreProblem,this.showMore):l}`:this.problem?l:_i(this,null)}render(){if(this.badge)return this.#m();let{count:e,more:t}=this.total,{queue:s,times:n}=this,r=s?.cursor?this.counts:s?.counts,a=ht(r??{},k,R,n);return o`<div class="attention">
<div class="head">
<h2 tabindex="-1">
Work queue
${e?o`<span class="count" part="count">${n.number(e)}${t?"+":""}</span>`:l}
</h2>
${(s?e===0:this.problem)?l:o`<p class="muted"><bdi>${a.length>1?a:l}</bdi></p>
${Dn(this)}`}
</div>
${this.problem?_(this.problem,this.#i):l} ${this.#f()}
${e?o`<p class="muted foot">Oldest first. Times in ${this.times.timezone}.</p>`:l}
<p class="unseen" role="status">${this.said}</p>
${this.#u()} ${W(this)}
</div>`}};customElements.get("invoice-email-attention")??customElements.define("invoice-email-attention",Ct);var zt=class{constructor(e){this.host=e,this.isAsking=!1,this.answer=void 0,e.addController(this)}hostConnected(){window.addEventListener("beforeunload",this.#e)}hostDisconnected(){window.removeEventListener("beforeunload",this.#e)}ask(){return this.settle(!1),this.isAsking=!0,new Promise(e=>this.answer=e)}settle(e){this.isAsking=!1,this.answer?.(e),this.answer=void 0,this.host.requestUpdate()}#e=e=>{this.host.unsent&&e.preventDefault()};view(e,t,s){return this.isAsking?o`<div class="notice question" role="alertdialog" aria-labelledby="question">
<span id="question">${e}</span>
<span class="row">
<button type="button" id="keep" class="primary" @click=${()=>this.host.leave(!1)}>${t}</button>
<button type="button" @click=${()=>this.host.leave(!0)}>${s}</button>
</span>
</div>`:l}};var ka={notAnAddress:"is not an e-mail address",controlCharacter:"contains a line break or another control character",nonAsciiLocalPart:"has a character before the @ that is not ASCII, which cannot be delivered",group:"is a group of addresses; give the addresses themselves",unclosed:"has a quote, a bracket or a comment that is not closed",missingSeparator:"seems to be two addresses; put ; or , between them",textBesideAddress:"has text beside the address; write Name <address>",angleBrackets:"must have one address in one pair of angle brackets",domainLiteral:"has an IP address for a domain",domain:"has no valid domain after the @, such as example.com",tooLong:"is longer than 254 characters",nameTooLong:"has a name longer than 200 characters"},Nt=class extends Error{};function O(i){throw new Nt(ka[i])}function Un(i){return Pt(i).map(Ei).filter(e=>e!=="").map(xa)}function xa(i){try{return{text:i,fault:null,...Aa(i)}}catch(e){if(!(e instanceof Nt))throw e;return{text:i,fault:e.message,address:"",name:null}}}function Pt(i){let e=[],t=0;for(let{at:s,char:n,region:r}of qn(i))r==="text"&&(n===";"||n===",")&&(e.push(i.slice(t,s)),t=s+1);return e.push(i.slice(t)),e}function Mt(i){let e=i.lastIndexOf("@");return`${Na(i.slice(0,e))}${i.slice(e)}`}function jn({name:i,address:e}){return i?`"${i.replaceAll(/["\\=]/g,"\\$&")}" <${e}>`:e}var _a={text:"quote",quote:"text",angle:"angleQuote",angleQuote:"angle"};function*qn(i){let e="text",t=0,s=!1;for(let n=0;n<i.length;n+=1){let r=i[n],a=e,c=a;s?s=!1:r==="\\"&&(a==="quote"||a==="comment"||a==="angleQuote")?s=!0:r==='"'&&a!=="comment"?(e=_a[a],a==="text"&&(c="quote"),a==="angle"&&(c="angleQuote")):r==="<"&&a==="text"?e=c="angle":r===">"&&a==="angle"?e="text":r==="("&&(a==="text"||a==="comment")?(t+=1,e=c="comment"):r===")"&&a==="comment"&&(t-=1,t===0&&(e="text")),yield{at:n,char:r,region:c}}return e}function Sa(i){let e={angle:{start:-1,end:-1},angles:0,colon:!1,strayBracket:!1,words:{start:-1,end:-1},runs:0,atSigns:0,spaced:!1,wordsAfterAngle:!1},t=!1,s=!1,n=qn(i),r=n.next();for(;!r.done;r=n.next()){let{at:a,char:c,region:d}=r.value;d==="comment"?t=!1:d==="angle"||d==="angleQuote"?(t=!1,e.angle.start<0&&(e.angle.start=a),e.angles<=1&&(e.angle.end=a+1),c==="<"&&d==="angle"&&(e.angles+=1)):d==="text"&&c===" "?s=!0:(e.wordsAfterAngle||=e.angle.start>=0,t?e.spaced||=s:e.runs+=1,t=!0,s=!1,e.words.start<0&&(e.words.start=a),e.words.end=a+1,d==="text"&&(e.colon||=c===":",e.strayBracket||=c===">"||c===")",c==="@"&&(e.atSigns+=1)))}return r.value!=="text"&&O("unclosed"),e}function Aa(i){Hn(i)&&O("controlCharacter");let e=Sa(i);return e.colon&&O("group"),e.strayBracket&&O("angleBrackets"),e.angle.start>=0?Ea(i,e):Ta(i,e)}function Ea(i,{angle:e,angles:t,words:s,atSigns:n,wordsAfterAngle:r}){let a=i.slice(e.start+1,e.end-1);(t>1||a.startsWith("<")||a.endsWith(">"))&&O("angleBrackets"),r&&O(n>0?"missingSeparator":"textBesideAddress");let c=Ti(Ei(a));if(n>0){let d=Ei(i.slice(s.start,s.end)).replaceAll(/^'+|'+$/g,"");return Oa(d,c)||O("missingSeparator"),{address:c,name:null}}return{address:c,name:Fn(`${i.slice(0,e.start)} ${i.slice(e.end)}`)}}function Ta(i,{words:e,spaced:t,runs:s,atSigns:n}){return e.start<0&&O("notAnAddress"),(t||s>1)&&O(n===0?"notAnAddress":n===1?"textBesideAddress":"missingSeparator"),{address:Ti(i.slice(e.start,e.end)),name:Fn(`${i.slice(0,e.start)} ${i.slice(e.end)}`)}}function Oa(i,e){try{return Mt(Ti(i.trim().replace(/\.+$/,"")))===Mt(e)}catch{return!1}}var Ca=/^[\w!#$%&'*+\-/=?^`{|}~]+$/,za=/^"(?:[\t !#-[\]-~]|\\[!-~])+"$/;function Ti(i){let e=i.lastIndexOf("@"),t=i.slice(0,Math.max(e,0)),s=i.slice(e+1);(t===""||s==="")&&O("notAnAddress"),s.startsWith("[")&&O("domainLiteral"),Wn(t)||O("nonAsciiLocalPart"),Vn(t)||O("notAnAddress");let n=Pa(s)??O("domain"),r=`${t}@${n}`;return r.length>254&&O("tooLong"),r}function Vn(i){return i.length>64?!1:za.test(i)||i.split(".").every(e=>Ca.test(e))}function Na(i){let e=i.toLowerCase();if(!/^".*"$/.test(e)||e.length<2)return e;let t=e.slice(1,-1).replaceAll(/\\(.)/g,"$1");return!t.startsWith('"')&&Vn(t)?t:`"${t.replaceAll(/["\\]/g,"\\$&")}"`}var Ma=/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;function Pa(i){let e=i.toLowerCase(),t=Wn(e)&&!/(^|\.)xn--/.test(e)?e:Ia(e);if(t===null||t.length>253)return null;let s=t.split(".");return s.every(r=>Ma.test(r)&&Bn(r))&&s.length>1&&!/^\d+$/.test(s[s.length-1])?t:null}function Bn(i){return!/^-|-$/.test(i)&&(i.startsWith("xn--")||i.slice(2,4)!=="--")}function Ia(i){if(/[\0-,/:-`{-\x7f]/.test(i)||!i.normalize("NFKC").split(/[.。]/).every(Bn))return null;try{return new URL(`http://${i}/`).hostname}catch{return null}}function Fn(i){let t=new Ai(i).name().trim();return Hn(t)&&O("controlCharacter"),[...t].length>200&&O("nameTooLong"),t===""?null:t}var Ai=class{constructor(e){this.phrase=e,this.at=0,this.words=[],this.comments=[]}name(){for(;this.at<this.phrase.length;){let s=this.phrase[this.at];s===" "?this.at+=1:s==='"'?this.words.push(this.delimited('"')):s==="("?this.comments.push(this.delimited(")").trim()):this.words.push(this.run())}let e=this.words.filter(Boolean).join(" "),t=this.comments.filter(Boolean).join(" ");return e&&t?`${e} (${t})`:e||t}run(){let e=/["(]/.exec(this.phrase.slice(this.at)),t=e?this.phrase.slice(this.at,this.at+e.index):this.phrase.slice(this.at);return this.at+=t.length,Si(t).trim()}delimited(e){this.at+=1;let t="",s="";for(let n=1;this.at<this.phrase.length;this.at+=1){let r=this.phrase[this.at];if(r==="\\"){t+=Si(s)+(this.phrase[this.at+1]??""),s="",this.at+=1;continue}if(r==="("&&e===")"&&(n+=1),r===e&&(n-=1),n===0)break;s+=r}return this.at+=1,t+Si(s)}},Ra=/(?<=^| )=\?([^?*\s]{2,})(?:\*[^?\s]*)?\?([bq])\?([^?]*)\?=(?: +(?==\?[^?\s]+\?[bq]\?[^?]*\?=))?/giu;function Si(i){return i.replaceAll(Ra,(e,t,s,n)=>{let r=s.toLowerCase()==="q"?La(n):Ua(n);return r?Da(r,t):e})}function Da(i,e){try{return new TextDecoder(e).decode(i)}catch{return new TextDecoder().decode(i)}}function La(i){let e=new TextEncoder().encode(i.replaceAll("_"," ")),t=[];for(let s=0;s<e.length;s+=1){let n=e[s]===61?String.fromCharCode(...e.slice(s+1,s+3)):"";/^[0-9a-f]{2}$/i.test(n)?(t.push(parseInt(n,16)),s+=2):t.push(e[s])}return new Uint8Array(t)}function Ua(i){try{return Uint8Array.from(atob(i),e=>e.charCodeAt(0))}catch{return null}}function Hn(i){return/\p{Cc}/u.test(i)}function Wn(i){return/^[\0-\x7f]*$/.test(i)}function Ei(i){return i.replaceAll(/^ +| +$/g,"")}var Kn=f`:host{display:grid;gap:.2rem;align-content:start;background:none;min-inline-size:0}input,button{scroll-margin-block:6rem 8rem}.box{display:flex;flex-wrap:wrap;align-items:center;gap:.25rem;min-block-size:2.5rem;max-block-size:12rem;overflow-y:auto;padding:.25rem;border:1px solid var(--_field-line);border-radius:var(--_radius);background:var(--_surface);cursor:text}.box:focus-within{outline:2px solid var(--_accent);outline-offset:1px}.box.wrong{border-color:var(--_rejected)}[role=grid]{display:contents}.chip{display:inline-flex;align-items:stretch;max-inline-size:100%;border:1px solid var(--_line);border-radius:var(--_radius);background:var(--_raised)}.chip.wrong{border:1px dashed var(--_rejected);background:var(--_rejected-back);color:var(--_rejected)}.chip:focus-within{border-color:var(--_accent)}[role=gridcell]{display:inline-flex;min-inline-size:0}.chip button{min-block-size:1.75rem;border:0;background:none;color:inherit}.chip button:focus-visible{outline-offset:-2px}.text{flex-wrap:wrap;justify-content:start;gap:0 .4em;min-inline-size:0;padding:0 .25rem 0 .5rem;font-size:.9375rem;text-align:inherit;overflow-wrap:anywhere;cursor:default}.text bdi{min-inline-size:0;max-block-size:4.5em;overflow:hidden}.wrong .muted{color:inherit}.remove{min-inline-size:1.75rem;padding:0;font-size:.75rem}.box>#input{flex:1 1 5rem;inline-size:auto;min-inline-size:4rem;min-block-size:1.75rem;border:0;background:none;outline:none}.chip .edit{inline-size:auto;max-inline-size:100%;min-block-size:1.75rem;border:0}.hint,.note,.error{font-size:.875em;overflow-wrap:anywhere}.hint,.note{color:var(--_muted)}.note:empty,[hidden]{display:none}`;var ja=200,qa=0;function U(i){return Un(i).map(e=>({...e,id:qa+=1}))}function ye({name:i,address:e,text:t}){return i||e||It(t)}var Ci=class extends C{static properties={label:{},hint:{},chips:{attribute:!1},problem:{attribute:!1},note:{attribute:!1},editing:{state:!0},refusal:{state:!0},said:{state:!0}};static styles=[y,v,Kn];constructor(){super(),this.label="",this.hint="",this.chips=[],this.problem="",this.note="",this.editing=null,this.refusal="",this.said="",this.current=0,this.wasFocused=!1,this.focusOn=""}get#e(){return this.renderRoot.querySelector("#input")}get pending(){return(this.#e?.value??"").trim()!==""}focus(){if(!this.hasUpdated){this.updateComplete.then(()=>this.focus());return}let e=this.chips.findIndex(({fault:t})=>t);e>=0?this.#c(e):this.#e?.focus()}commit(){let e=this.renderRoot.querySelector(".edit");e&&this.#u(e.value);let t=this.#e;t&&t.value.trim()!==""&&this.#i(U(t.value))&&(t.value="")}updated(){this.focusOn&&(this.renderRoot.querySelector(this.focusOn)?.focus(),this.focusOn="")}#t(e,t){this.chips=e,this.said=t,this.current=Math.min(this.current,Math.max(e.length-1,0)),this.dispatchEvent(new CustomEvent("change",{detail:e}))}#i(e){let t=this.chips.length+e.length;return t>ja?(this.refusal=`That makes ${t} addresses. At most ${50} are sent to at once.`,!1):(this.refusal="",e.length>0&&this.#t([...this.chips,...e],`${Gn(e)} added.`),!0)}#s(e,t=!0){let s=this.chips[e],n=this.chips.filter((r,a)=>a!==e);this.current=Math.min(e,Math.max(n.length-1,0)),t&&(this.focusOn=n.length>0?`#chip-${this.current}`:"#input"),this.#t(n,`${ye(s)} removed.`)}#n(e){if(this.refusal="",e.isComposing)return;let t=e.target,s=Pt(t.value),n=s.pop()??"";s.length>0&&this.#i(s.flatMap(U))&&(t.value=n.trimStart())}#r(e){let t=e.clipboardData?.getData("text/plain")??"",s=e.target,n=s.value.slice(0,s.selectionStart??void 0),r=s.value.slice(s.selectionEnd??s.value.length),a=`${n}${t}${r}`;if(!(/[\r\n]/.test(t)||Pt(a).length>1||U(a).some(({fault:h})=>!h)))return;e.preventDefault();let d=a.split(/[\r\n]+/);this.#i(d.flatMap(U))&&(s.value="")}#a(e){if(e.isComposing)return;let t=e.target;if(e.key==="Enter"){e.preventDefault(),this.commit();return}let s=t.selectionStart===0&&t.selectionEnd===0,n=e.key==="Backspace"||e.key===(Oi(this)?"ArrowRight":"ArrowLeft");s&&n&&this.chips.length>0&&(e.preventDefault(),this.#c(this.chips.length-1))}#l(e,t,s){let n=Oi(this)?"ArrowLeft":"ArrowRight",r=Oi(this)?"ArrowRight":"ArrowLeft",{key:a}=e;if(a===n)this.#o(t*2+s+1);else if(a===r)this.#o(t*2+s-1);else if(a==="ArrowDown")this.#o((t+1)*2+s);else if(a==="ArrowUp")this.#o((t-1)*2+s);else if(a==="Home")this.#o(0);else if(a==="End")this.#o(this.chips.length*2);else if(a==="Delete"||a==="Backspace")this.#s(t);else if(a==="F2")this.#d(t);else return;e.preventDefault()}#o(e){if(e<0)return;let t=Math.floor(e/2);t>=this.chips.length?this.#e?.focus():this.#c(t,e%2===1)}#c(e,t=!1){this.current=e,this.focusOn=t?`#remove-${e}`:`#chip-${e}`,this.requestUpdate()}#h(e){return this.renderRoot.activeElement?.id===`chip-${e}`}#p(e,t){e.detail===0||this.wasFocused?this.#d(t):this.#c(t)}#d(e){this.current=e,this.editing=this.chips[e].id,this.focusOn=".edit"}#u(e,t=!1){let s=this.chips.findIndex(({id:r})=>r===this.editing);if(this.editing=null,s<0)return;if(e.trim()===""){this.#s(s,t);return}if(t&&(this.focusOn=`#chip-${s}`),e===this.chips[s].text)return;let n=U(e);this.#t(this.chips.toSpliced(s,1,...n),`Changed to ${Gn(n)}.`)}#m(e){if(e.stopPropagation(),e.isComposing||e.key!=="Enter"&&e.key!=="Escape")return;e.preventDefault();let t=e.target,s=this.chips.find(({id:n})=>n===this.editing);this.#u(e.key==="Enter"?t.value:s?.text??"",!0)}#f(e){e.target===e.currentTarget&&this.#e?.focus()}#g(e,t){if(e.id===this.editing)return o`<div class="chip editing" role="row">
<span role="gridcell"
><input
class="edit"
aria-label=${`Change ${ye(e)}`}
size=${Math.min(Math.max(e.text.length,12),60)}
autocapitalize="none"
spellcheck="false"
.value=${e.text}
@keydown=${this.#m}
@blur=${n=>this.#u(n.target.value)}
/></span>
</div>`;let s=t===this.current?0:-1;return o`<div class="chip ${e.fault?"wrong":""}" part="address ${e.fault?"wrong":""}" role="row">
<span role="gridcell" aria-invalid=${e.fault?"true":"false"}>
<button
type="button"
class="text"
id="chip-${t}"
tabindex=${s}
title=${It(e.text)}
aria-describedby=${e.fault?`fault-${t}`:l}
@focus=${()=>this.current=t}
@keydown=${n=>this.#l(n,t,0)}
@mousedown=${()=>this.wasFocused=this.#h(t)}
@click=${n=>this.#p(n,t)}
>
${e.fault?p("marked_spam"):l}${e.name?o`<bdi>${e.name}</bdi> `:l}<bdi
class=${e.name?"muted":""}
>${e.address||It(e.text)}</bdi
>
</button>
</span>
<span role="gridcell">
<button
type="button"
class="remove"
id="remove-${t}"
tabindex="-1"
aria-label=${`Remove ${ye(e)}`}
@keydown=${n=>this.#l(n,t,1)}
@click=${()=>this.#s(t)}
>
${p("close")}
</button>
</span>
</div>`}render(){let e=this.chips.some(({fault:s})=>s),t=this.refusal||this.problem;return o`<label for="input">${this.label}</label>
<div class="box ${e||t?"wrong":""}" part="field" @click=${this.#f}>
${this.chips.length>0?o`<div role="grid" aria-label=${`${this.label}: ${Jn(this.chips)}. Enter changes, Delete removes.`}>
${S(this.chips,({id:s})=>s,(s,n)=>this.#g(s,n))}
</div>`:l}
<input
id="input"
type="text"
inputmode="email"
autocomplete="off"
autocapitalize="none"
spellcheck="false"
aria-describedby="hint problem"
aria-invalid=${t?"true":"false"}
@input=${this.#n}
@paste=${this.#r}
@keydown=${this.#a}
@blur=${()=>this.commit()}
/>
</div>
<p id="problem" class="error" ?hidden=${!t}>${t}</p>
${this.chips.map(({fault:s,text:n},r)=>s?o`<p class="error" id="fault-${r}">${Va(n,s)}</p>`:l)}
<p id="hint" class="hint" ?hidden=${!this.hint}>${this.hint}</p>
<p class="note" role="status">${this.note}</p>
<p class="unseen" role="status">${this.said}</p>`}};function Gn(i){return i.length===1?ye(i[0]):Jn(i)}function Jn({length:i}){return`${i} ${i===1?"address":"addresses"}`}function Va(i,e){return e.startsWith('"')?o`<bdi>${e}</bdi>.`:o`<bdi>“${It(i.length>80?`${i.slice(0,80)}…`:i)}”</bdi> ${e}.`}function It(i){return i.replaceAll(/[\0-\x1f]/g,e=>String.fromCharCode(9216+e.charCodeAt(0))).replaceAll(/[\x7f-\x9f]/g,"␡")}function Oi(i){return getComputedStyle(i).direction==="rtl"}customElements.get("invoice-email-address-field")??customElements.define("invoice-email-address-field",Ci);var I=["to","cc","bcc"],Rt={number:"Invoice number",client_name:"Client’s name",amount:"Amount",balance:"Balance due",currency:"Currency",due_on:"Due date",url:"Link to the invoice",client:"Client’s id in your portal"},ae=Object.keys(Rt);function Qn({invoice:i,to:e,cc:t,bcc:s,subject:n,message:r,track:a}){return{invoice:i,to:U(e),cc:U(t),bcc:U(s),subject:n,message:r,track:a,facts:{}}}function Dt({invoice:i,to:e,cc:t,bcc:s,subject:n,message:r,track:a,facts:c}){let d=[e,t,s].map(u=>u.map(({text:m})=>m)),h=ae.map(u=>c[u]??"");return JSON.stringify([i,d,n,r,a,h])}function Zn(i,e){let t={track:i.track};for(let n of I)i[n].length>0&&(t[n]=i[n].map(({text:r})=>r));i.subject.trim()&&(t.subject=i.subject),i.message.trim()&&(t.message=i.message);let s=Ba(i,e);return Object.keys(s).length>0&&(t.facts=s),t}function Ba(i,e){let t={};for(let s of ae){let n=(i.facts[s]??j(e,s)).trim();n&&(t[s]=n)}return t}function j(i,e){let t=i[e];return t==null?"":String(t)}function Lt(i){let e=new Map,t={...i},s={};for(let n of I)t[n]=i[n].filter(r=>{if(r.fault)return!0;let a=Mt(r.address),c=e.get(a);return c?s[n]=`${ye(r)} is already in ${De[c]} and is written to once.`:e.set(a,n),!c});return{draft:t,notes:s}}var De={to:"To",cc:"Cc",bcc:"Bcc"};function Yn(i,e,t){let s={...i};for(let n of I)s[n]=i[n].flatMap(r=>r.address===e?U(jn({name:r.name,address:t})):[r]);return s}function er(i,e){let t={...i},s={};for(let n of e){let[r,a]=n.pointer.replace(/^\//,"").split("/"),c=I.find(h=>h===r);if(c&&a!==void 0&&t[c][Number(a)]){t[c]=t[c].map((h,u)=>u===Number(a)?{...h,fault:n.detail}:h);continue}let d=Fa(r,a)?n.pointer.replace(/^\//,""):"";s[d]=[s[d],Ha(n,d)].filter(Boolean).join(" ")}return{draft:t,fields:s}}function Fa(i,e){return i==="facts"?ae.includes(e):e===void 0&&["invoice","to","cc","bcc","subject","message"].includes(i)}function Ha({pointer:i,detail:e},t){return`${t?"This":(i.split("/").pop()??"").replaceAll("_"," ")} ${e}.`.trim()}function Le(i,e,t=!1){let s=t?"unseen":"";return i.inline?o`<h2 class=${s} data-heading tabindex="-1">${e}</h2>`:o`<h3 class=${s} data-heading tabindex="-1">${e}</h3>`}function Ut(i){return i===1?"1 person":`${i} people`}function tr(i){return i.busy==="sending"?i.leaving.view("The e-mail is being sent. Leave without seeing what becomes of it?","Stay","Leave"):i.leaving.view("This e-mail was not sent. Discard it?","Keep writing","Discard")}function ir(i){let{answer:e}=i;if(!e)return l;let t=e.recipients.filter(({sent_status:n})=>n!=="rejected").length,s=e.recipients.length-t;return o`${Le(i,t>0?`On its way to ${Ut(t)}`:"Not sent to anybody")}
${s>0?o`<div class="notice problem">Not sent to ${Ut(s)}: see the reason below.</div>`:l}
<invoice-communications
exportparts="dialog"
.invoice=${e.invoice}
.connection=${i.connection}
></invoice-communications>
<div class="actions">
${i.inline?o`<button type="button" @click=${i.startAgain}>Write another e-mail</button>`:o`<button type="button" class="primary" @click=${i.dismiss}>Close</button>`}
</div>`}var Wa=255,Ka=2e4,Ga={amount:{inputmode:"decimal",hint:"Such as 1250.00"},balance:{inputmode:"decimal",hint:"Such as 1250.00"},currency:{hint:"Such as USD"},due_on:{type:"date"},url:{type:"url",inputmode:"url",hint:"Where the e-mail’s button leads"}};function sr(i){return o`<form novalidate @submit=${i.check} @input=${i.giveUpPreviewing}>
${Le(i,"Write the e-mail",!0)}
${i.problem?_(i.problem):l} ${i.invoice?l:Xa(i)}
<div class="people">${I.map(e=>Ja(i,e))}</div>
${Qa(i)} ${Za(i)} ${el(i)} ${il(i)} ${nl(i)}
<div class="actions">
${i.inline?l:o`<button type="button" @click=${i.dismiss}>Cancel</button>`}
<button type="submit" class="primary turns" aria-disabled=${i.busy!==""}>
${i.busy==="previewing"?"Checking…":o`Check and preview${p("next")}`}
</button>
</div>
</form>`}function Xa(i){return o`<div class="field">
<label for="invoice">Invoice</label>
<input
id="invoice"
autocomplete="off"
spellcheck="false"
maxlength="64"
.value=${i.draft.invoice}
aria-describedby="invoice-error invoice-hint"
aria-invalid=${i.fields.invoice?"true":"false"}
@input=${e=>i.write({invoice:qt(e).trim()})}
/>
${jt(i,"invoice")}
<p class="hint" id="invoice-hint">Its id in your portal.</p>
</div>`}function Ja(i,e){let t={to:"Name <address>, separated by ; or ,",cc:"Seen by all",bcc:"Seen by nobody else"};return o`<invoice-email-address-field
id=${e}
class=${e}
?data-autofocus=${e==="to"}
label=${De[e]}
hint=${t[e]}
.chips=${i.draft[e]}
.problem=${i.fields[e]??""}
.note=${i.notes[e]??""}
@change=${s=>i.write({[e]:s.detail})}
></invoice-email-address-field>`}function Qa(i){let e=i.draft.facts.number?.trim()||j(i.known,"number");return o`<div class="field">
<label for="subject">Subject</label>
<input
id="subject"
autocomplete="off"
maxlength=${Wa}
.value=${i.draft.subject}
placeholder=${e?`Invoice ${e} from …`:l}
aria-describedby="subject-error subject-hint"
aria-invalid=${i.fields.subject?"true":"false"}
@input=${t=>i.write({subject:qt(t)})}
/>
${jt(i,"subject")}
<p class="hint" id="subject-hint">
${e?"Left empty, it names the invoice and your firm.":"Needed, unless the invoice number is given below."}
</p>
</div>`}function Za(i){return o`<div class="field">
<label for="message">Message</label>
<textarea
id="message"
rows="7"
maxlength=${Ka}
.value=${i.draft.message}
aria-describedby="message-error"
aria-invalid=${i.fields.message?"true":"false"}
@input=${e=>i.write({message:qt(e)})}
></textarea>
${jt(i,"message")}
</div>`}function nr(i,e){let t=i.fields[`facts/${e}`]!==void 0||i.draft.facts[e]!==void 0;return j(i.known,e)!==""&&!t}var Ya=["client","balance","currency"];function el(i){let e=ae.filter(t=>!Ya.includes(t)&&nr(i,t));return e.length===0?l:o`<dl class="facts" part="facts" aria-label="What the e-mail says about the invoice">
${e.map(t=>o`<div>
<dt>${Rt[t]}</dt>
<dd><bdi>${tl(i,t)}</bdi></dd>
</div>`)}
</dl>`}function tl(i,e){let t=j(i.known,e);return e==="due_on"&&!Number.isNaN(Date.parse(`${t}T00:00:00Z`))?i.times.day(t):e==="amount"?`${j(i.known,"currency")} ${t}`:t}function il(i){let e=ae.filter(s=>!nr(i,s));if(e.length===0)return l;let t=e.some(s=>i.fields[`facts/${s}`]||i.draft.facts[s]!==void 0);return o`<details class="missing" ?open=${t||j(i.known,"number")===""}>
<summary>${e.length===ae.length?"About the invoice":"More about the invoice"}</summary>
<p class="hint">
What is filled in is kept with the e-mail. The e-mail itself shows the number, the client’s name, the amount, the due date
and the link.
</p>
<div class="grid">${e.map(s=>sl(i,s))}</div>
</details>`}function sl(i,e){let{type:t="text",inputmode:s,hint:n=""}=Ga[e]??{},r=`facts-${e}`,a=i.draft.facts[e]??j(i.known,e),c=t==="date"&&!/^\d{4,6}-\d{2}-\d{2}$/.test(a)?"":a;return o`<div class="field">
<label for=${r}>${Rt[e]}</label>
<input
id=${r}
type=${t}
inputmode=${s??l}
autocomplete="off"
.value=${c}
aria-describedby="${r}-error ${r}-hint"
aria-invalid=${i.fields[`facts/${e}`]?"true":"false"}
@input=${d=>i.writeFact(e,qt(d))}
/>
${jt(i,`facts/${e}`)}
<p class="hint" id="${r}-hint" ?hidden=${!n}>${n}</p>
</div>`}function nl(i){return o`<div class="field">
<label class="check">
<input
type="checkbox"
aria-describedby="track-hint"
.checked=${i.draft.track}
@change=${e=>i.write({track:e.target.checked})}
/>
Show whether it is opened
</label>
<p class="hint" id="track-hint">
${i.draft.track?"Each copy has its own invisible picture and its own links.":"No picture and no links of ours: opens and clicks are “not tracked”."}
</p>
</div>`}function jt(i,e){let t=i.fields[e];return o`<p class="error" id="${e.replace("/","-")}-error" ?hidden=${!t}>${t}</p>`}function qt(i){return i.target.value}function rr(i){let{preview:e}=i;if(!e)return l;let t=e.recipients.filter(or).length;return o`${Le(i,"Check the e-mail")}
<div class="preview" aria-busy=${i.busy==="previewing"}>
<div class="envelope">${al(i,e)}</div>
<div class="mail">${dl(i)} ${hl(i,e)} ${rl(e)}</div>
</div>
<div class="actions">
${i.problem?ol(i):l}
${t>0?l:o`<div class="notice problem failed">It would be sent to nobody. Change the addresses.</div>`}
<button type="button" class="turns" aria-disabled=${i.busy==="sending"} @click=${i.edit}>
${p("previous")}Change
</button>
${t>0?o`<button type="button" class="primary" aria-disabled=${i.busy!==""} @click=${i.send}>
${i.busy==="sending"?"Sending…":o`${p("sent")}Send to ${Ut(t)}`}
</button>`:l}
</div>`}function rl({recipients:[i,...e]}){return!i||e.length===0?l:o`<p class="hint">This is the copy of <bdi>${i.name??i.address}</bdi>.</p>`}function or({sent_status:i}){return i!=="rejected"}function ol(i){let{problem:e}=i;return e?o`<div class="failed">
${_(e,i.send)}
${e.mayPass?o`<p class="hint">Trying again does not send it twice, even if it was sent after all.</p>`:l}
</div>`:l}function al(i,e){return o`<dl>
<div>
<dt>Subject</dt>
<dd><strong><bdi>${e.subject}</bdi></strong></dd>
</div>
<div>
<dt>From</dt>
<dd><bdi>${e.from}</bdi></dd>
</div>
${I.map(t=>{let s=e.recipients.filter(n=>n.kind===t);return s.length===0?l:o`<div>
<dt>${De[t]}</dt>
<dd>
${t==="bcc"?o`<p class="hint">Seen by nobody else.</p>`:l}
<ul class="persons">
${s.map(n=>ll(i,n))}
</ul>
</dd>
</div>`})}
</dl>
${i.draft.track?l:o`<p class="hint">Opens and clicks are not tracked.</p>`}`}function ll(i,e){let{name:t,address:s,reason:n,warnings:r}=e;return o`<li part="person">
${t?o`<bdi>${t}</bdi> <bdi class="muted">${s}</bdi>`:o`<bdi>${s}</bdi>`}
${or(e)?l:o`<p class="blocked">${p("rejected")}<span>${cl(n)}</span></p>`}
${Ie(r,{onSuggestion:a=>i.take(s,a)})}
</li>`}function cl(i){let e=/^Not sent: (.*)$/su.exec(i??"")?.[1];return e?o`<strong>Will not be sent:</strong> ${e}`:o`<strong>Will not be sent.</strong> ${i}`}function dl(i){return o`<fieldset class="views">
<legend class="unseen">Shown as</legend>
${Object.entries({light:"Light",dark:"Dark",text:"Text only"}).map(([t,s])=>o`<label
><input
type="radio"
name="view"
value=${t}
.checked=${i.shownAs===t}
@change=${()=>i.shownAs=t}
/>${s}</label
>`)}
</fieldset>`}function hl(i,e){return i.shownAs==="text"?o`<pre tabindex="0" role="region" aria-label="The e-mail as text">${e.text}</pre>`:o`<invoice-email-mail-frame
.html=${e.html}
.scheme=${i.shownAs}
.api=${i.api}
></invoice-email-mail-frame>`}var ar=f`:host(:not([inline])){display:inline-block;background:none}:host([dialog]){display:contents}.steps{container:steps / inline-size;display:grid;gap:1rem}h2,h3{font-size:1.0625rem;line-height:1.3}[data-heading]:focus{outline:none}.people,.grid{display:grid;gap:.75rem 1rem}textarea{resize:vertical;min-block-size:6rem;field-sizing:content;max-block-size:24rem}[type=checkbox],[type=radio]{inline-size:1.125rem;block-size:1.125rem;margin:0;accent-color:var(--_accent)}.facts{display:flex;flex-wrap:wrap;gap:.5rem 2rem;margin:0;padding:.75rem 1rem;border-radius:var(--_radius);background:var(--_raised)}dt{font-size:.875em;color:var(--_muted)}dd{margin:0;overflow-wrap:anywhere}details.missing{padding:.5rem 1rem;border:1px solid var(--_line);border-radius:var(--_radius)}details.missing[open]{padding-block-end:1rem}.missing .grid{margin-block-start:.5rem}.actions{margin-block-end:-1rem}.failed{flex:1 0 100%}.turns:dir(rtl) .icon{scale:-1 1}:host([inline]) .actions{position:static;margin:0;padding-block-end:0}:host(:not([inline])) .question{inset-block-start:4.25rem}.preview{display:grid;gap:1rem;align-items:start;min-inline-size:0}.preview[aria-busy=true]{opacity:.6}.preview>*{min-inline-size:0}.envelope dl{display:grid;gap:.625rem;margin:0}.persons{display:grid;gap:.5rem;margin:0;padding:0;list-style:none}.persons>li{display:flow-root}.warnings,.blocked{margin-block-start:.25rem}.blocked{display:flex;align-items:baseline;gap:.5rem;padding:.375rem .625rem;border-inline-start:3px solid var(--_rejected);border-radius:var(--_radius);background:var(--_rejected-back);color:var(--_rejected)}.views{display:flex;flex-wrap:wrap;gap:0 1.25rem;margin:0;padding:0 0 .25rem;border:0}.views label{display:flex;align-items:center;gap:.4rem;min-block-size:2rem;color:inherit}pre{max-block-size:40rem;margin:0;padding:1rem;overflow:auto;border:1px solid var(--_line);border-radius:var(--_radius);background:var(--_raised);font-size:.875rem;white-space:pre-wrap;overflow-wrap:anywhere}@container steps (min-width: 40rem){.people{grid-template-columns:1fr 1fr}.people .to{grid-column:1 / -1}.grid{grid-template-columns:repeat(auto-fill,minmax(14rem,1fr))}.preview{grid-template-columns:minmax(14rem,2fr) minmax(0,3fr);gap:1.5rem}}`;var pl=/^(?!\.{1,2}$)[A-Za-z0-9._-]{1,64}$/,Vt=class extends w{static properties={invoice:{},inline:{type:Boolean},dialog:{type:Boolean},to:{},cc:{},bcc:{},subject:{},message:{},untracked:{type:Boolean},facts:{type:Object},isOpen:{state:!0},step:{state:!0},draft:{state:!0},busy:{state:!0},problem:{state:!0},fields:{state:!0},notes:{state:!0},preview:{state:!0},shownAs:{state:!0},answer:{state:!0},said:{state:!0}};static styles=[y,v,M,T,es,At,ar];constructor(){super(),this.invoice="",this.inline=!1,this.dialog=!1,this.to="",this.cc="",this.bcc="",this.subject="",this.message="",this.untracked=!1,this.facts=null,this.isOpen=!1,this.step="edit",this.draft=this.#s(),this.untouched=Dt(this.draft),this.busy="",this.problem=null,this.fields={},this.notes={},this.preview=null,this.previewed=null,this.shownAs="light",this.answer=null,this.said="",this.keys=new Map,this.leaving=new zt(this),this.focusOn="",this.previewing=new AbortController,this.attempt=0}connectedCallback(){super.connectedCallback(),this.dialog&&(this.isOpen=!0)}willUpdate(e){["invoice","to","cc","bcc","subject","message","untracked"].some(s=>e.has(s))&&!this.unsent&&this.#n()}updated(){this.focusOn&&(this.renderRoot.querySelector(this.focusOn)?.focus(),this.focusOn="")}show(){this.isOpen=!0}get unsent(){return this.step==="sent"||!(this.isOpen||this.inline)?!1:this.busy==="sending"||this.step==="preview"&&this.problem?!0:Dt(this.draft)!==this.untouched||this.#e.some(({pending:e})=>e)}get#e(){return[...this.renderRoot?.querySelectorAll("invoice-email-address-field")??[]]}mayLeave(){return this.unsent?(this.focusOn="#keep",this.leaving.ask()):Promise.resolve(!0)}leave(e){this.leaving.settle(e),e?this.#n():this.focusOn="[data-heading]"}dismiss=async()=>{await this.mayLeave()&&this.renderRoot.querySelector("invoice-email-dialog")?.close()};startAgain=()=>{this.#n(),this.focusOn="[data-heading]"};write(e){this.giveUpPreviewing();let[t]=Object.keys(e),{draft:s,notes:n}=Lt({...this.draft,...e});this.draft=s,I.some(c=>c===t)&&(this.notes=n);let{[t]:r,...a}=this.fields;this.fields=a,this.problem=null}writeFact(e,t){this.giveUpPreviewing(),this.draft={...this.draft,facts:{...this.draft.facts,[e]:t}};let{[`facts/${e}`]:s,...n}=this.fields;this.fields=n,this.problem=null}edit=()=>{this.busy!=="sending"&&(this.giveUpPreviewing(),this.step="edit",this.problem=null,this.focusOn="[data-heading]")};giveUpPreviewing=()=>{this.busy==="previewing"&&this.#t()};#t(){this.attempt+=1,this.busy="",this.previewing.abort()}check=async e=>{if(e?.preventDefault(),this.busy)return;for(let r of this.#e)r.commit();if(!this.#r()){this.step="edit";return}this.previewing=new AbortController;let t=AbortSignal.any([this.previewing.signal,this.untilRemoved.signal]),s=this.step==="edit",n={path:this.#i,body:Zn(this.draft,this.known)};await this.#a("previewing",async r=>{let a=await this.client.post(`${n.path}/preview`,n.body,{signal:t});r()&&(this.preview=a,this.previewed=n,this.step="preview",s&&(this.focusOn="[data-heading]"),this.said="This is the e-mail that will be sent.")})};take(e,t){this.busy!=="sending"&&(this.giveUpPreviewing(),this.draft=Lt(Yn(this.draft,e,t)).draft,this.focusOn="[data-heading]",this.check().then(()=>this.said=`Changed to ${t}.`))}send=async()=>{let{previewed:e}=this;if(this.busy||!e)return;let{path:t,body:s}=e,n=JSON.stringify(e),r=this.keys.get(n)??Je();this.keys.set(n,r),await this.#a("sending",async a=>{let c=await this.client.post(t,s,{idempotencyKey:r});this.announce("sent",{invoice:c.invoice,send:c.send,answer:c}),a()&&(this.answer=c,this.step="sent",this.focusOn="[data-heading]",this.keys.clear(),this.leaving.settle(!1))})};get#i(){return`v1/invoices/${encodeURIComponent(this.draft.invoice)}/emails`}get known(){return this.facts??{}}get name(){return j(this.known,"number")||this.draft.invoice}#s(){let{invoice:e,to:t,cc:s,bcc:n,subject:r,message:a,untracked:c}=this,h=Object.fromEntries(Object.entries({invoice:e,to:t,cc:s,bcc:n,subject:r,message:a}).map(([u,m])=>[u,m??""]));return Qn({...h,track:!c})}#n(){this.#t(),this.draft=Lt(this.#s()).draft,this.untouched=Dt(this.draft),this.step="edit",this.problem=null,this.fields={},this.notes={},this.preview=null,this.previewed=null,this.answer=null,this.keys.clear()}#r(){if(!pl.test(this.draft.invoice))return this.fields={invoice:"Give the invoice’s id: at most 64 letters, digits, dots, hyphens and underscores."},this.focusOn="#invoice",!1;let e=I.find(t=>this.draft[t].some(({fault:s})=>s));return e&&(this.focusOn=`#${e}`,this.requestUpdate()),!e}async#a(e,t){let{attempt:s}=this,n=()=>s===this.attempt;this.busy=e,this.problem&&this.step==="preview"&&(this.focusOn=".actions .primary"),this.problem=null;try{await t(n)}catch(r){let a=this.problemOf(r);n()&&this.#l(a)}finally{n()&&(this.busy="")}}#l(e){if(this.problem=e,this.busy==="previewing"&&this.step==="preview"&&(this.step="edit",this.focusOn="[data-heading]"),!e||e.errors.length===0)return;let{draft:t,fields:s}=er(this.draft,e.errors);this.draft=t,this.fields=s,this.step="edit";let[n]=Object.keys(s).filter(Boolean),r=I.find(a=>t[a].some(({fault:c})=>c));(r||n)&&(this.focusOn=`#${r??n.replace("/","-")}`),s[""]||(this.problem=null)}#o(e){this.unsent&&(e.preventDefault(),this.dismiss())}#c(){this.isOpen=!1,this.#n(),this.dispatchEvent(new CustomEvent("close"))}#h(){let e={edit:sr,preview:rr,sent:ir};return o`<div class="steps" part="form">
${tr(this)}${e[this.step](this)}
<p class="unseen" role="status">${this.said}</p>
</div>`}render(){if(this.inline)return this.#h();let e=this.name?`Send invoice ${this.name} by e-mail`:"Send an invoice by e-mail";return o`${this.dialog?l:o`<button type="button" class="primary" part="button" @click=${this.show}>
${p("envelope")}<slot>Send by e-mail</slot>
</button>`}
${this.isOpen?o`<invoice-email-dialog exportparts="dialog" wide heading=${e} @cancel=${this.#o} @close=${this.#c}
>${this.#h()}</invoice-email-dialog
>`:l}`}};customElements.get("invoice-email-send")??customElements.define("invoice-email-send",Vt);var Bt=class extends Q{form(){return o`<invoice-email-settings-form
data-form
exportparts="problem"
.connection=${this.connection}
></invoice-email-settings-form>`}};customElements.get("invoice-email-settings")??customElements.define("invoice-email-settings",Bt);var Ft=class extends Q{form(){return o`<invoice-email-suppressions-list
exportparts="problem, table, row, dialog"
.connection=${this.connection}
></invoice-email-suppressions-list>`}};customElements.get("invoice-email-suppressions")??customElements.define("invoice-email-suppressions",Ft);var Ht=class extends Q{static properties={clientId:{attribute:"client"},chosen:{state:!0}};constructor(){super(),this.clientId="",this.chosen=""}#e=async()=>{await this.mayLeave()&&(this.chosen="")};form(){let e=this.clientId||this.chosen;return e?o`${this.clientId?l:o`<button type="button" class="plain" @click=${this.#e}>All clients</button>`}
<invoice-email-client-form
data-form
exportparts="problem, chip"
.connection=${this.connection}
.clientId=${e}
></invoice-email-client-form>`:o`<invoice-email-client-list
exportparts="problem"
.connection=${this.connection}
@open=${t=>this.chosen=t.detail}
></invoice-email-client-list>`}};customElements.get("invoice-email-client")??customElements.define("invoice-email-client",Ht);export{dr as a,ve as b,E as c,f as d,o as e,l as f,Zi as g,Xe as h,w as i,y as j,v as k,es as l,M as m,T as n,de as o,p,W as q,pt as r,_ as s,S as t,re as u,wt as v,be as w,xt as x,Un as y,Mt as z,U as A,ye as B,zt as C,jo as D,qo as E,Tt as F,Ct as G,Vt as H,Bt as I,Ft as J,Ht as K};
