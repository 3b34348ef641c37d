// Loads a server: node load.mjs URL MODEL IMAGES [count=2000] [clients=16]. Prints the throughput and the latencies.
import { readFileSync, readdirSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';

const [url, model, folder, count = '2000', clients = '16'] = process.argv.slice(2);
const images = readdirSync(folder).sort().map(name => readFileSync(join(folder, name)));
const agent = new Agent({ keepAlive: true, maxSockets: Number(clients) });
const latencies = [];
let next = 0;
let busy = 0;

function post(image) {
  return new Promise((done, fail) => {
    const call = request(`${url}/api/v1/models/${encodeURIComponent(model)}/inspect`, { method: 'POST', agent, headers: { 'Content-Type': 'image/png', 'Content-Length': image.length } }, response => {
      response.resume();
      response.on('end', () => done(response));
    });
    call.on('error', fail);
    call.end(image);
  });
}

async function client() {
  while (next < Number(count)) {
    const image = images[next++ % images.length];
    for (;;) {
      const start = performance.now();
      const { statusCode } = await post(image);
      if (statusCode === 200) {
        latencies.push(performance.now() - start);
        break;
      }
      if (statusCode !== 429) throw new Error(`status ${statusCode}`);
      busy++;
      await new Promise(done => setTimeout(done, 50));
    }
  }
}

await post(images[0]);
const start = performance.now();
await Promise.all(Array.from({ length: Number(clients) }, client));
const seconds = (performance.now() - start) / 1000;
latencies.sort((a, b) => a - b);
const at = share => latencies[Math.min(latencies.length - 1, Math.floor(share * latencies.length))].toFixed(1);
console.log(`${latencies.length} images in ${seconds.toFixed(2)} s: ${(latencies.length / seconds).toFixed(1)} per second; p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, slowest ${at(1)} ms; ${busy} answers of 429`);
agent.destroy();
