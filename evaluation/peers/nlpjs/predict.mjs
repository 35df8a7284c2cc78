// Trains NLP.js with its own defaults on the given sentences and has it read others.
//   node predict.mjs LESSONS.json TEXTS.jsonl ANSWER.json

import { readFileSync, writeFileSync } from "node:fs";
import { dockStart } from "@nlpjs/basic";
import { LangEs } from "@nlpjs/lang-es";

const NONE = "None"; // what NLP.js calls a sentence that is like none of those it learnt

async function learnt(examples) {
  const dock = await dockStart({
    settings: { nlp: { languages: ["en", "es"], autoSave: false, nlu: { log: false } } },
    use: ["Basic"],
  });
  dock.getContainer().use(LangEs);
  const nlp = dock.get("nlp");
  for (const { language, text, intent } of examples) nlp.addDocument(language, text, intent);
  await nlp.train();
  return nlp;
}

async function read(nlp, { text, language }) {
  const begun = performance.now();
  const said = await nlp.process(language, text);
  const milliseconds = performance.now() - begun;
  const ranking = said.classifications.filter(({ intent }) => intent !== NONE).map(({ intent, score }) => [intent, score]);
  const intent = said.intent === NONE ? "nlu_fallback" : said.intent;
  return { intent, confidence: said.score, ranking: ranking.slice(0, 2), milliseconds };
}

const [lessons, texts, answer] = process.argv.slice(2);
const begun = performance.now();
const cpu = process.cpuUsage();
const nlp = await learnt(JSON.parse(readFileSync(lessons, "utf8")));
const spent = process.cpuUsage(cpu);
const seconds = { wall: (performance.now() - begun) / 1000, cpu: (spent.user + spent.system) / 1e6 };

await read(nlp, { text: "warming up", language: "en" });
const predictions = [];
for (const line of readFileSync(texts, "utf8").split("\n")) {
  if (line) predictions.push(await read(nlp, JSON.parse(line)));
}
const megabytes = Math.round(process.memoryUsage().rss / 2 ** 20);
writeFileSync(answer, JSON.stringify({ training_seconds: seconds, megabytes, predictions }));
