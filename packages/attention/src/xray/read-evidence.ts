import type { Backend } from '@mixtention/core';
import { fitGauge } from './fit-gauge.ts';
import { type HeadGauge, paperGauge, readGauge } from './gauge.ts';
import type { Head } from './head.ts';
import type { GaugeEvidence, HeadEvidence, HeadXray } from './types.ts';

type Told = Pick<HeadXray, 'evidence' | 'gauges'> & { readonly absent: { [quantity: string]: string } };

/**
 * What the level of an input tells of evidence.
 *
 * @param logOthers  `log(1 − r_nn)` `[N]`, where queries and keys are the same tokens
 */
export function readEvidence(
  head: Head,
  { logEvidence, logOthers }: { readonly logEvidence: Float64Array | null; readonly logOthers: Float64Array | null },
  { backend, form }: { readonly backend: Backend; readonly form: 'diagonal' | 'full' | false | undefined },
): Told {
  const absent: { [quantity: string]: string } = {};
  const none = { paper: null, fitted: null };
  if (logEvidence === null) {
    absent.evidence = 'rows of probabilities do not tell what they were normalized by; give logits, or q and k';
    absent.gauges = 'a density of the queries needs q and k';
    return { evidence: null, gauges: none, absent };
  }
  const evidence: HeadEvidence = {
    logEvidence,
    leaveOneOut: logOthers && logEvidence.map((l, n) => l + logOthers[n]!),
  };
  if (logOthers === null) absent.leaveOneOut = 'queries and keys are not the same tokens, so no key is a query’s own';
  if (!('q' in head)) {
    absent.gauges = 'a density of the queries needs q and k';
    return { evidence, gauges: none, absent };
  }
  if (logEvidence.includes(Number.NEGATIVE_INFINITY)) {
    absent.gauges = 'some query sees no key, so it has no density';
    return { evidence, gauges: none, absent };
  }
  const densityIn = (gauge: HeadGauge): GaugeEvidence => {
    const { logDensity, leaveOneOut } = readGauge(head, gauge, { logEvidence, logOthers }, backend);
    return {
      gauge,
      logDensity,
      surprise: (leaveOneOut ?? logDensity).map((l) => (Number.isFinite(l) ? -l : Number.NaN)),
    };
  };
  const paper = paperGauge(head);
  if (paper === null) absent.paper = `the scale is ${head.scale}, a variance of 1/scale needs one above 0`;
  const fitted = form === false ? { reason: 'the fit was not asked for' } : fitGauge(head, backend, form);
  if ('reason' in fitted) absent.fitted = fitted.reason;
  return {
    evidence,
    gauges: { paper: paper && densityIn(paper), fitted: 'gauge' in fitted ? densityIn(fitted.gauge) : null },
    absent,
  };
}
