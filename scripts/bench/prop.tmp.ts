const D='/work/wt/wasm/dist/';
const { parseRule } = await import(D+'plasticity/rule.js');
const { createWasmEngine } = await import(D+'engine/wasm/engine.js');
const { createEngine } = await import(D+'engine/create.js');
const w = await createWasmEngine({relaxed:process.argv.includes('--relaxed')}); const ref = await createEngine('reference');
let seed=+(process.argv[2]??1); const u32=()=>{seed^=seed<<13;seed^=seed>>>17;seed^=seed<<5;return seed>>>0}; for(let i=0;i<20;i++)u32();
const rnd=()=>u32()/2**32; const int=(a,b)=>a+Math.floor(rnd()*(b-a+1)); const pick=(a)=>a[int(0,a.length-1)];
const post=()=>pick(['y','e','z','one','y','e',()=>`(${post()} .* ${post()})`,()=>`(${post()} + ${post()})`,()=>`(W ${pre()})`].map(x=>typeof x==='function'?x():x).filter(Boolean)) as string;
let depth=0;
function P(){ depth++; const r=rnd(); const o= depth>3||r<.6? pick(['y','e','z','one','y','e']): r<.75?`(${P()} .* ${P()})`: r<.88?`(${P()} - ${P()})`:`(W ${Q()})`; depth--; return o;}
function Q(){ depth++; const r=rnd(); const o= depth>3||r<.6? pick(['y_pre','e_pre','one_pre','y_pre','e_pre']): r<.75?`(${Q()} .* ${Q()})`: r<.85?`(${Q()} - ${Q()})`:`(W' ${P()})`; depth--; return o;}
const S=()=>pick(['','','0.5 ',`(${P()}' ${P()}) `,`(${Q()}' ${Q()}) `,`(${P()}' W ${Q()}) `,`sum(${P()}) `]);
function term(){ const r=rnd(); if(r<.1)return `${S()}W`; if(r<.2) return pick(['F0','F1','F2','F3','F4','F5','F6','F7','F8','F9']); return `${S()}${P()} ${Q()}'`; }
const N=+(process.argv[3]??200); let worst=0;
for(let n=0;n<N;n++){
  const nt=int(1,3); const terms=[]; for(let i=0;i<nt;i++){const f=term(); terms.push(/^F\d$/.test(f)&&!terms.includes(f)?f:`t${i} = ${/^F/.test(f)?'y y_pre\'':f}`);}
  let rule; try{ rule=parseRule(terms);}catch(e){continue}
  const L=int(1,5); const layers=Array.from({length:L+1},()=>int(1,40)); if(rnd()<.3)layers[0]=int(1,200);
  const T=int(0,40), Qn=int(1,9); const fb=pick(['fix','sym']);
  const mats=()=>layers.slice(1).map((n,l)=>{const r=Math.sqrt(6/(n+layers[l]));return Float32Array.from({length:n*layers[l]},()=>r*(2*rnd()-1))});
  const dens=rnd(); const im=(k)=>Uint8Array.from({length:k*layers[0]},()=>rnd()<dens?int(0,255):0); const lb=(k)=>Uint8Array.from({length:k},()=>int(0,layers.at(-1)-1));
  const ep={layers,beta:pick([1,5,10]),feedback:fb,weights:mats(),...(fb==='fix'?{feedbackWeights:mats()}:{}),trainImages:im(T),trainLabels:lb(T),queryImages:im(Qn),queryLabels:lb(Qn)};
  const th=Float64Array.from(terms,()=>pick([0,1e-3,-1e-3,5e-3,.02,1e-4])*(rnd()));
  const [a]=await ref.run([ep],rule,[th]); const [b]=await w.run([ep],rule,[th]);
  const big=Math.max(...[...a.thetaGradient].map(Math.abs));
  const cond = big<1e3 && Number.isFinite(a.loss) && a.loss<20;
  const errs=[...a.thetaGradient].map((x,i)=>Math.abs(x-b.thetaGradient[i])/Math.max(Math.abs(x),1e-1*big,3e-2));
  const err=Math.max(Math.abs(a.loss-b.loss)/Math.max(1,a.loss),...errs);
  const orth=Math.max(...[...a.orthonormality].map((x,i)=>Math.abs(x-b.orthonormality[i])/Math.max(1e-3,x)));
  const ang=Math.max(...[...a.angles].map((x,i)=>Number.isNaN(x)&&Number.isNaN(b.angles[i])?0:Math.abs(x-b.angles[i])));
  if((!(err<2e-5)||!(orth<1e-4)||!(ang<.1)||Math.abs(a.accuracy-b.accuracy)>.01)&&cond) console.log(n,err.toExponential(1),'orth',orth.toExponential(1),'ang',ang.toExponential(1),'acc',a.accuracy-b.accuracy,JSON.stringify({terms,layers,T,Qn,fb,beta:ep.beta,th:[...th],loss:[a.loss,b.loss],g:[[...a.thetaGradient],[...b.thetaGradient]]}));
}
