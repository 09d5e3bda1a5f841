// What a job board shows below an ad: three courses at most, as a piece of HTML. Nothing, if there are none or the service is away.

import { connect, explain } from "skillgap-client";
import { CredentialFact } from "skillgap-client/v1/recommendation";

const text = (words: string) => words.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** The courses below an ad. A page waits for them a second at most, and is shown without them then. */
export async function coursesBelow(url: string, ad: string): Promise<string> {
  const skillgap = connect({ url });
  try {
    const { recommendations } = await skillgap.matching.recommendCredentials({ target: { ad }, topK: 3, languageCode: "en" }, { timeoutMs: 1_000 });
    if (recommendations.length === 0) return "";
    const items = recommendations.map((one) => {
      // The first reason says how much it closes, and what of that is an estimate. It belongs beside the title.
      const lines = [`<li>${text(one.title)}`, `  <p>${text(one.reasons[0] ?? "")}</p>`];
      if (one.notStated.includes(CredentialFact.COST)) lines.push("  <p>The price is not stated: ask before you sign up.</p>");
      return [...lines, "</li>"].join("\n");
    });
    return `<aside>\n<h2>Courses that may help with this job</h2>\n<ul>\n${items.join("\n")}\n</ul>\n</aside>\n`;
  } catch (error) {
    console.error(explain(error));
    return "";
  }
}
