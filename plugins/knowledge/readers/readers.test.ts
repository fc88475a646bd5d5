import { deflateRawSync } from "node:zlib";
import { expect, test } from "vitest";
import { parseBytes } from "../parse.ts";
import { openReading } from "../reading.ts";

const reading = await openReading({ chunking: { kind: "sentence" } });

/** An archive as office programs write it: every entry packed, a directory at the end. */
function zipOf(files: Record<string, string>): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, text] of Object.entries(files)) {
    const packed = deflateRawSync(Buffer.from(text));
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(8, 10);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt32LE(Buffer.byteLength(text), 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(at, 42);
    directory.push(entry, Buffer.from(name));
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(name.length, 26);
    parts.push(local, Buffer.from(name), packed);
    at += 30 + name.length + packed.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

/** What is read of a file: its kind, its title, and heading and text of each chunk. */
async function read(path: string, bytes: Uint8Array | string): Promise<unknown> {
  const document = await parseBytes(reading, path, Buffer.from(bytes));
  if ("reason" in document) return document.reason;
  return [document.kind, document.title, ...document.chunks.map(({ heading, text }) => [heading, text])];
}

const check = (name: string, path: string, bytes: Uint8Array | string, expected: unknown) =>
  test(name, async () => expect(await read(path, bytes)).toEqual(expected));

const p = (text: string, style = "") => `<w:p>${style && `<w:pPr><w:pStyle w:val="${style}"/></w:pPr>`}<w:r><w:t>${text}</w:t></w:r></w:p>`;
const docx = {
  "word/document.xml": `<w:document><w:body>${p("Plan", "Heading1")}${p("Fish &amp; chips.")}${p("Costs", "Heading2")}${p("Five.")}</w:body></w:document>`,
};
check("a Word document by its headings", "a.docx", zipOf(docx), ["docx", "Plan", ["Plan", "Fish & chips."], ["Plan › Costs", "Five."]]);

check(
  "slides in order of their numbers",
  "a.pptx",
  zipOf({
    "ppt/presentation.xml": "<p/>",
    "docProps/core.xml": "<c><dc:title>Talk</dc:title></c>",
    "ppt/slides/slide10.xml": "<s><a:p><a:r><a:t>Last</a:t></a:r></a:p></s>",
    "ppt/slides/slide2.xml": "<s><a:p><a:r><a:t>First</a:t></a:r></a:p></s>",
  }),
  ["pptx", "Talk", ["slide 1", "First"], ["slide 2", "Last"]],
);

check(
  "sheets as rows under their names",
  "a.xlsx",
  zipOf({
    "xl/workbook.xml": '<w><sheets><sheet name="Prices"/></sheets></w>',
    "xl/sharedStrings.xml": "<sst><si><t>Apple</t></si><si><r><t>Pe</t></r><r><t>ar</t></r></si></sst>",
    "xl/worksheets/sheet1.xml":
      '<s><row><c t="s"><v>0</v></c><c><v>3</v></c></row><row><c t="s"><v>1</v></c><c t="inlineStr"><is><t>x</t></is></c></row></s>',
  }),
  ["xlsx", "a.xlsx", ["Prices", "Apple\t3\nPear\tx"]],
);

check(
  "a book in reading order",
  "a.epub",
  zipOf({
    "META-INF/container.xml": '<c><rootfile full-path="OPS/book.opf"/></c>',
    "OPS/book.opf":
      '<p><metadata><dc:title>Tale</dc:title></metadata><manifest><item id="b" href="two.html"/><item id="a" href="one.html"/></manifest><spine><itemref idref="a"/><itemref idref="b"/></spine></p>',
    "OPS/one.html": "<html><body><h1>Start</h1><p>Once.</p></body></html>",
    "OPS/two.html": "<html><body><h1>End</h1><p>Ever after.</p></body></html>",
  }),
  ["epub", "Tale", ["Start", "Once."], ["End", "Ever after."]],
);

check("an archive that is no document", "a.docx", zipOf({ "x.txt": "x" }), "not a document of a known kind");
check("half of a document", "a.docx", zipOf(docx).subarray(0, 200), "broken document");

check(
  "a notebook: texts, code and what it printed",
  "a.ipynb",
  JSON.stringify({
    cells: [
      { cell_type: "markdown", source: ["# Study\n", "Why."] },
      { cell_type: "code", source: "def f():\n  return 1", outputs: [{ text: ["1\n"] }] },
    ],
  }),
  ["notebook", "Study", ["Study", "Why."], ["f", "def f():\n  return 1"], ["Study", "1"]],
);

const mail = `From: =?utf-8?Q?Ren=C3=A9?= <r@example.org>
Subject: =?utf-8?B?${Buffer.from("Grüße").toString("base64")}?=
Content-Type: multipart/alternative; boundary="b1"

--b1
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Caf=E9 at =
noon.
--b1
Content-Type: text/html

<p>Other</p>
--b1--
`;
const mailRead = ["mail", "Grüße", ["Grüße", "From: René <r@example.org>\n\nCafé at noon."]];
check("a mail: decoded headers and the plain alternative", "a.eml", mail, mailRead);
check("a mailbox is its mails", "a.mbox", `From a Mon\n${mail}From b Tue\nSubject: Two\n\nBody.\n`, [...mailRead, ["Two", "Body."]]);
check("HTML mail as text", "b.eml", "Subject: S\nContent-Type: text/html\n\n<p>Hi <b>you</b></p>", ["mail", "S", ["S", "Hi you"]]);

check("lines of data stay whole", "a.csv", "name,age\nAnn,3\n", ["data", "a.csv", ["", "name,age\nAnn,3"]]);

const pdf = (text: string) => {
  const stream = `BT /F1 12 Tf 72 700 Td (${text}) Tj ET`;
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
  ];
  let file = "%PDF-1.4\n";
  const offsets = objects.map((object, i) => {
    const at = file.length;
    file += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return at;
  });
  const table = offsets.map((at) => `${String(at).padStart(10, "0")} 00000 n \n`).join("");
  return `${file}xref\n0 6\n0000000000 65535 f \n${table}trailer << /Size 6 /Root 1 0 R >>\nstartxref\n${file.length}\n%%EOF`;
};
check("a PDF by its pages", "a.pdf", pdf("Hello from page one."), ["pdf", "a.pdf", ["page 1", "Hello from page one."]]);
