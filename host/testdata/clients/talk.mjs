// How the clients talk with the Go test that runs them: commands come on
// stdin, a line each ("say hello"), and what happens goes to stdout, a line of
// JSON each ({"status":"Online"}).
import { createInterface } from 'node:readline';

export function report(event) {
  process.stdout.write(JSON.stringify(event) + '\n');
}

// obey does each command in turn. When stdin ends, so does the script.
export async function obey(commands) {
  for await (const line of createInterface({ input: process.stdin })) {
    const [, name, text] = /^(\w+) ?(.*)$/.exec(line);
    await commands[name](text);
  }
}
