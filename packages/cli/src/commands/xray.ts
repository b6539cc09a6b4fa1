import { readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { type PageData, type XrayReport, xrayPage } from '@mixtention/attention/page';
import { type Backend, MixtentionError } from '@mixtention/core';
import { loadBackend } from '@mixtention/core/threads';
import { Command, Option } from 'commander';
import { type BackendFlag, backendOption, jsonOption, positive } from '../options.ts';
import { checkStreams, showSummary, writeOutput } from '../output.ts';
import { xrayModel } from '../xray/xray-model.ts';
import { type TensorFlags, xrayTensors } from '../xray/xray-tensors.ts';

type Flags = TensorFlags & {
  text?: string;
  out?: string;
  json?: boolean;
  backend: BackendFlag;
};

/** `mixtention xray MODEL_FOLDER --text "…" --out report.html`, or `mixtention xray HEADS.npz`: every head read as a mixture. */
export function xrayCommand(): Command {
  return new Command('xray')
    .description('Read every attention head of a Transformer, or of dumped tensors, as a mixture.')
    .argument(
      '<source>',
      'a Hugging Face folder (config.json, model.safetensors, tokenizer.json), or a file of q, k, v (bias, mask, sink), logits or probabilities: .npz, .safetensors, .npy, .json',
    )
    .option('--text <text>', 'what the model reads')
    .option('--out <file>', 'write the page (.html) or the numbers (.json)')
    .option('--causal', 'tensors: a query sees itself and the keys before it')
    .option('--scale <number>', 'tensors: multiplies q·k (default: 1/√d)', positive)
    .addOption(
      new Option('--as <what>', 'what a .npy file holds (default: told by its values)').choices([
        'probabilities',
        'logits',
      ]),
    )
    .addOption(backendOption())
    .addOption(jsonOption())
    .action((source: string, flags: Flags) => runXray(source, flags));
}

async function runXray(source: string, flags: Flags): Promise<void> {
  const { out, json, text } = flags;
  await checkStreams([source], flags);
  if (out !== undefined && !/\.(html?|json)$/i.test(out))
    throw new MixtentionError('BAD_OPTION', `--out is ${out}; a page (.html) or its numbers (.json) can be written`);
  const isFolder = await stat(source).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  if (isFolder) refuseTensorFlags(source, flags);
  const backend = await loadBackend(flags.backend);
  const data = isFolder ? await xrayModel(source, textOf(text), backend) : await tensorsOf(source, flags, backend);
  if (out !== undefined)
    await writeOutput(out, /\.json$/i.test(out) ? `${JSON.stringify(data.report)}\n` : await pageOf(data));
  await showSummary({ json: data.report, text: forPeople(data.report, out) }, { out, json });
}

function refuseTensorFlags(folder: string, { causal, scale, as }: Flags): void {
  const came = Object.entries({ causal, scale, as }).find(([, value]) => value !== undefined);
  if (came !== undefined)
    throw new MixtentionError('BAD_OPTION', `--${came[0]} is for a file of tensors, and ${folder} is a model folder`);
}

function textOf(text: string | undefined): string {
  if (text !== undefined && text.trim() !== '') return text;
  throw new MixtentionError('BAD_OPTION', 'a model reads a text: give --text "…"');
}

async function tensorsOf(source: string, flags: Flags, backend: Backend): Promise<PageData> {
  if (flags.text !== undefined)
    throw new MixtentionError('BAD_OPTION', `--text is for a model folder, and ${source} is a file`);
  return xrayTensors(source, flags, backend);
}

async function pageOf(data: PageData): Promise<string> {
  const script = createRequire(import.meta.url).resolve('@mixtention/attention/live');
  return xrayPage(data, await readFile(script, 'utf8'));
}

/** Heads that tell most components apart, and those that tell fewest. */
function forPeople({ model, kind, heads, layers, tokens }: XrayReport, out: string | undefined): string {
  const sorted = heads.toSorted((a, b) => b.mutualInformation - a.mutualInformation);
  const line = ({
    layer,
    head,
    distinguishableComponents,
    effectiveComponents,
    firstKeyShare,
  }: XrayReport['heads'][number]): string =>
    `  layer ${String(layer).padEnd(3)} head ${String(head).padEnd(4)} ${distinguishableComponents.toFixed(2).padStart(7)} ${effectiveComponents.toFixed(2).padStart(9)} ${(100 * firstKeyShare).toFixed(1).padStart(9)} %`;
  const few = Math.min(3, Math.floor(sorted.length / 2));
  const shown =
    sorted.length <= 8 ? sorted.map(line) : [...sorted.slice(0, few).map(line), '  …', ...sorted.slice(-few).map(line)];
  return [
    `${model} (${kind}): ${counted(layers, 'layer')}, ${counted(heads, 'head')}, ${counted(tokens, 'query', 'queries')}`,
    '  components        distinguishable effective  on the first key',
    ...shown,
    ...(out === undefined ? ['give --out report.html for the page, --json for all numbers'] : [`written to ${out}`]),
    '',
  ].join('\n');
}

function counted({ length }: readonly unknown[], one: string, many = `${one}s`): string {
  return `${length} ${length === 1 ? one : many}`;
}
