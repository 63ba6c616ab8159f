/** GraphiQL in a real Chromium: it opens in the demo world, runs, and asks nobody but us. */
import { access } from 'node:fs/promises';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { graphiqlTabs } from '../support/graphiql.js';

const executablePath = '/usr/bin/chromium';
const quiet = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

let demo: TestApp;
let browser: Browser;
beforeAll(async () => {
  await access(executablePath).catch(() => {
    throw new Error(`These tests need a Chromium in ${executablePath}: on Debian, apt-get install chromium.`);
  });
  demo = await createTestApp({ settings: { DEMO: 'on' } });
  browser = await chromium.launch({ executablePath, args: quiet });
});
afterAll(async () => {
  await browser?.close();
  await demo?.stop();
});

interface Opened {
  readonly page: Page;
  /** The addresses of all requests outside the page itself. */
  readonly asked: readonly string[];
  /** What the console, the page and its content policy complained about. */
  readonly complaints: readonly string[];
}

/** Opens GraphiQL as somebody who was never there. */
async function open(): Promise<Opened> {
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const asked: string[] = [];
  const complaints: string[] = [];
  context.on('request', (request) => void asked.push(request.url()));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => void complaints.push(error.message));
  page.on('requestfailed', (request) => void complaints.push(`${request.url()} ${request.failure()?.errorText}`));
  await page.goto(`${demo.url}/graphql`);
  await page.locator('.graphiql-query-editor .view-lines').first().waitFor();
  return { page, asked, complaints };
}

const tabsOf = (page: Page) => page.locator('.graphiql-tabs [role="tab"]');

/** What the open tab shows as its answer, without spaces: the editor keeps its lines in no order. */
const shownIn = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const lines = [...document.querySelectorAll<HTMLElement>('.graphiql-response .view-line')];
    lines.sort((a, b) => parseFloat(a.style.top) - parseFloat(b.style.top));
    return lines.map((line) => line.textContent.replace(/\s/g, '')).join('');
  });

/** Runs the open tab, and waits until it shows an answer with `expected` in it. */
async function run(page: Page, expected: string): Promise<void> {
  const play = page.locator('button.graphiql-execute-button');
  await play.click();
  const shown = async (): Promise<string> => {
    const text = await shownIn(page);
    // GraphiQL notices a moment late which operation a tab holds, and asks nobody until it does: one presses again.
    if (text.includes('Cannotinferoperation')) await play.click();
    return text;
  };
  await expect.poll(shown, { timeout: 15_000 }).toContain(expected);
}

/** Turns to the tab of an operation: by the keyboard, as a mouse may drag a tab instead. */
async function turnTo(page: Page, operation: string): Promise<void> {
  await tabsOf(page).getByRole('button', { name: operation, exact: true }).press('Enter');
  await editorShows(page, operation);
}

const editorShows = (page: Page, operation: string): Promise<void> =>
  page.locator('.graphiql-query-editor .view-lines').getByText(operation, { exact: true }).waitFor();

describe('GraphiQL', () => {
  it('opens with a tab for each example, and the first shows data at once', async () => {
    const { page } = await open();
    const tabs = await graphiqlTabs(demo.url);
    expect(tabs.length).toBeGreaterThanOrEqual(28);
    expect(await tabsOf(page).count()).toBe(tabs.length);
    await run(page, '"data":{"viewer":{"userId":');
    await run(page, '"name":"acme"');
  });

  it('runs the tabs of other examples, as the admin of the demo world and as its operator', async () => {
    const { page } = await open();
    await turnTo(page, 'CreateTeamAccount');
    await run(page, '"name":"my-first-team","viewerRole":"ADMIN"');
    await turnTo(page, 'GetBillingAccounts');
    await run(page, '"billingAccounts":{"nodes":[],"totalCount":0}');
  });

  it('follows a subscription, and shows what is changed elsewhere', async () => {
    const { page } = await open();
    let begun = false;
    page.on('response', (response) => (begun ||= response.headers()['content-type'] === 'text/event-stream'));
    await turnTo(page, 'AccountMembersChanged');
    const play = page.locator('button.graphiql-execute-button');
    await play.click();
    const begins = async (): Promise<boolean> => {
      if ((await shownIn(page)).includes('Cannotinferoperation')) await play.click();
      return begun;
    };
    await expect.poll(begins, { timeout: 15_000 }).toBe(true);
    const elsewhere = await open();
    await turnTo(elsewhere.page, 'SetUserRole');
    await run(elsewhere.page, '"role":"JOB_EXECUTOR"');
    await expect.poll(() => shownIn(page), { timeout: 15_000 }).toContain('"name":"CleoAdebayo","role":"JOB_EXECUTOR"');
  });

  it('knows the schema, so that it can complete what is typed', async () => {
    const { page } = await open();
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
    await page.locator('.graphiql-doc-explorer').getByText('Query', { exact: true }).click();
    await page.locator('.graphiql-doc-explorer').getByText('viewer', { exact: true }).waitFor();
  });

  it('stays on our origin, and nothing complains', async () => {
    const { page, asked, complaints } = await open();
    await run(page, '"data":{"viewer":');
    await turnTo(page, 'GetSystemInformation');
    await run(page, '"systemInformation":{"version":');
    const inside = asked.filter((url) => !/^(blob|data):/.test(url));
    expect(inside.length).toBeGreaterThanOrEqual(5);
    expect(inside.filter((url) => new URL(url).origin !== demo.url)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('opens again after a reload as it was left, with a token that works', async () => {
    const { page } = await open();
    await turnTo(page, 'GetUserAccounts');
    // GraphiQL writes down a moment later which tab is open.
    await page.waitForFunction(() => {
      const kept = JSON.parse(localStorage.getItem('graphiql:tabState') ?? '{"tabs":[]}');
      const query: string | undefined = kept.tabs[kept.activeTabIndex]?.query;
      return query?.includes('query GetUserAccounts') === true;
    });
    await page.reload();
    await editorShows(page, 'GetUserAccounts');
    await run(page, '"accounts":{"nodes":[{');
  });
});
