/** What GraphiQL opens with, read out of the page as a browser gets it. */

/** A tab of the page. `variables` and `headers` are JSON text. */
export interface PageTab {
  readonly query: string;
  readonly variables: string | null;
  readonly headers: string;
}

/** The tabs of the page at `url`, the address of the server. */
export async function graphiqlTabs(url: string): Promise<readonly PageTab[]> {
  const response = await fetch(`${url}/graphql`, { headers: { accept: 'text/html' } });
  const options = /<script id="options" type="application\/json">(.*?)<\/script>/s.exec(await response.text())?.[1];
  if (options === undefined) throw new Error(`There is no page of GraphiQL at ${url}: status ${response.status}.`);
  return (JSON.parse(options) as { readonly defaultTabs: readonly PageTab[] }).defaultTabs;
}
