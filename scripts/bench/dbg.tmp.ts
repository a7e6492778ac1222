const D='/work/wt/wasm/dist/';
const { parseRule } = await import(D+'plasticity/rule.js');
const { createWasmEngine } = await import(D+'engine/wasm/engine.js');
const { createEngine } = await import(D+'engine/create.js');
const w = await createWasmEngine(); const ref = await createEngine('reference');
let s=3; const rnd=()=>{s=(Math.imul(s,1664525)+1013904223)>>>0;return s/2**32};
for (const formula of ["W","sum(e) W","sum(z) W","(e' z) W","(e_pre' y_pre) W","(e' W e_pre) W","((W' e)' (W' e)) W","((W' e)' e_pre) W","((W e_pre)' (W e_pre)) W","((W (W' e))' (W e_pre)) W"]) for (const T of [1,2,6]) {
 const layers=[20,7]; const mats=()=>layers.slice(1).map((n,l)=>Float32Array.from({length:n*layers[l]},()=>rnd()-.5));
 const im=(k)=>Uint8Array.from({length:k*20},()=>rnd()*256), lb=(k)=>Uint8Array.from({length:k},()=>rnd()*7);
 const ep={layers,beta:5,feedback:'fix',weights:mats(),feedbackWeights:mats(),trainImages:im(T),trainLabels:lb(T),queryImages:im(3),queryLabels:lb(3)};
 const rule=parseRule([`t = ${formula}`]); const th=[Float64Array.of(0.01)];
 const [a]=await ref.run([ep],rule,th),[b]=await w.run([ep],rule,th);
 console.log(formula,T,a.thetaGradient[0],b.thetaGradient[0]);
}
