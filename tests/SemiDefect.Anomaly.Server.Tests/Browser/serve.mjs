// Runs `semidefect serve` for a script, which may kill it and start it again on the same port.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';

export class Server {
  constructor(dll, folder) {
    Object.assign(this, { dll, folder });
  }

  async start(...more) {
    this.port ??= await freePort();
    this.url = `http://127.0.0.1:${this.port}/`;
    this.process = spawn('dotnet', [this.dll, 'serve', '--models', `${this.folder}/models`, '--data', `${this.folder}/data`,
      '--urls', this.url, '--threads', '1', '--api-key-file', `${this.folder}/keys`, ...more], { stdio: 'ignore' });
    this.ended = new Promise(done => this.process.on('exit', done));

    // Also when the script fails.
    process.once('exit', () => this.process.kill('SIGKILL'));
    for (let i = 0; i < 600; i++) {
      try {
        if ((await fetch(`${this.url}health/ready`)).ok) return;
      } catch {
        // Not yet.
      }
      await new Promise(done => setTimeout(done, 100));
    }
    throw new Error('The server did not start.');
  }

  /** As a power failure. */
  async kill() {
    this.process?.kill('SIGKILL');
    await this.ended;
  }

  async get(path, key) {
    const response = await fetch(`${this.url}api/v1/${path}`, { headers: { 'X-Api-Key': key } });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }
}

const freePort = () => new Promise(done => {
  const server = createServer();
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => done(port));
  });
});
