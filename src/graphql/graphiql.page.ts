/** The HTML and the script of GraphiQL. No script stands in the HTML, so that a strict content policy allows it. */

/** What the page refers to. */
export interface PageParts {
  readonly script: string;
  readonly style: string;
  readonly favicon: string;
  readonly options: object;
}

/** The HTML of the page. */
export function pageOf({ script, style, favicon, options }: PageParts): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Gatehouse</title>
    <link rel="icon" href="${favicon}" />
    <link rel="stylesheet" href="${style}" />
  </head>
  <body id="body" class="no-focus-outline">
    <noscript>GraphiQL needs JavaScript.</noscript>
    <div id="root"></div>
    <script id="options" type="application/json">${JSON.stringify(options).replaceAll('<', '\\u003c')}</script>
    <script src="${script}"></script>
  </body>
</html>
`;
}

/** The pieces of GraphiQL as its package holds them. */
export interface ScriptParts {
  readonly js: string;
  readonly editorWorkerService: string;
  readonly jsonWorker: string;
  readonly graphqlWorker: string;
}

/** The whole script: the sources of the editor's workers, GraphiQL, and its start. */
export function scriptOf({ js, editorWorkerService, jsonWorker, graphqlWorker }: ScriptParts): string {
  const workers = JSON.stringify({ editorWorkerService, json: jsonWorker, graphql: graphqlWorker });
  return `const workerSources = ${workers};\n${environment}\n${js};\n${start}`;
}

const environment = `
self.MonacoEnvironment = {
  globalAPI: false,
  getWorkerUrl: (_module, label) => URL.createObjectURL(new Blob([workerSources[label]], { type: 'text/javascript' })),
};`;

/** GraphiQL opens an empty tab after a reload unless it is told the query of the tab that was open. */
const start = `
const options = JSON.parse(document.getElementById('options').textContent);
const openTab = () => {
  try {
    const { tabs, activeTabIndex } = JSON.parse(localStorage.getItem('graphiql:tabState'));
    return tabs[activeTabIndex];
  } catch {
    return options.defaultTabs[0];
  }
};
const tab = openTab();
const asked = new URL(location.href).searchParams.get('query');
if (tab?.query && (asked === null || asked === tab.query)) {
  options.query = tab.query;
  if (tab.variables) options.variables = tab.variables;
}
YogaGraphiQL.renderYogaGraphiQL(document.getElementById('root'), options);`;
