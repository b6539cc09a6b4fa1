import { build } from '../../tsup.base.ts';

export default build(
  {
    'main-job': 'src/main-job/main-job.ts',
    'download-digits': 'src/download-digits/download-digits.ts',
    picture: 'src/picture/make-picture.ts',
    'guide-picture': 'src/picture/make-guide.ts',
    speed: 'src/speed/speed.ts',
    peers: 'src/peers/peers.ts',
    steps: 'src/steps/steps.ts',
    iterations: 'src/iterations/iterations.ts',
    large: 'src/large/large.ts',
    'large-fit': 'src/large/large-fit.ts',
    converged: 'src/converged/converged.ts',
    resume: 'src/resume/resume.ts',
    starts: 'src/starts/starts.ts',
    kernel: 'src/kernel/kernel.ts',
    plan: 'src/plan/plan.ts',
    scale: 'src/scale/scale.ts',
    'learn-k': 'src/learn-k/learn-k.ts',
    moves: 'src/moves/moves.ts',
    'learn-digits': 'src/learn-digits/learn-digits.ts',
    digits: 'src/digit-models/digit-models.ts',
    memoized: 'src/memoized/memoized.ts',
    routes: 'src/routes/routes.ts',
    guides: 'src/guides/guides.ts',
    evidence: 'src/evidence/evidence.ts',
  },
  {
    platform: 'node',
    // A development dependency of the repository, which tsup would otherwise take in whole.
    external: ['playwright-core'],
  },
);
