// A browser's part in the live hub, with Microsoft's own client. Commands on standard input, one JSON per line:
//   {"do":"connect","url":…,"token":…}  {"do":"watch","request":{…}}  {"do":"drop"}  {"do":"reconnect"}  {"do":"close"}
// Answers on standard output: {"did":…,"reply":…} per command, and {"events":{…}} per batch as it arrives.
import * as readline from 'node:readline';
import { HubConnectionBuilder, LogLevel, HttpTransportType } from '@microsoft/signalr';

const say = (message) => process.stdout.write(JSON.stringify(message) + '\n');
let connection;
let options;

async function connect() {
  connection = new HubConnectionBuilder()
    .withUrl(options.url, {
      transport: HttpTransportType.WebSockets,
      ...(options.token ? { accessTokenFactory: () => options.token } : {}),
    })
    .configureLogging(LogLevel.None)
    .build();
  connection.on('events', (batch) => say({ events: batch }));
  await connection.start();
}

const commands = {
  async connect(command) { options = command; await connect(); },
  async watch(command) { return await connection.invoke('watch', command.request); },
  // The way a network fails: the socket is gone, and nobody says good-bye.
  async drop() { connection.connection.transport._webSocket.terminate(); },
  async reconnect() { await connect(); },
  async close() { await connection.stop(); },
};

for await (const line of readline.createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  try {
    say({ did: command.do, reply: (await commands[command.do](command)) ?? null });
  } catch (error) {
    say({ did: command.do, error: String(error.message ?? error) });
  }
}
await connection?.stop();
