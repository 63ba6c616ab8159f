/** Starts and stops the process; nothing else. */
import { createApp, type App } from './app.js';
import { ConfigError, readConfig } from './config.js';
import { AppError } from './kernel/errors.js';
import { createLogger } from './log.js';
import { systemClock, systemRandom } from './system-ports.js';

async function main(): Promise<void> {
  const config = readConfig();
  const log = createLogger(config.logLevel);
  let stop: App['stop'] | null = null;
  let signals = 0;
  const onSignal = (signal: NodeJS.Signals): void => {
    signals += 1;
    // There is nothing to finish before it is up; what it has started ends with it.
    if (signals > 1 || stop === null) process.exit(1);
    log.info({ event: 'stopping', signal }, 'stopping');
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ cause: error }, 'the stop failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  const app = await createApp(config, { clock: systemClock, random: systemRandom, log, onLost: fail });
  stop = app.stop;
  process.stdout.write(`${JSON.stringify({ event: 'listening', ...(await app.listen()) })}\n`);
}

function fail(error: unknown): void {
  const known = error instanceof ConfigError || error instanceof AppError;
  const text = error instanceof Error ? (known ? error.message : (error.stack ?? error.message)) : String(error);
  process.stderr.write(`gatehouse: ${text}\n`);
  process.exit(1);
}

main().catch(fail);
