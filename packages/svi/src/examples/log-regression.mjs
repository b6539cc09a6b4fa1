/** Leaf weight of mesquite bushes by their size, all on the log scale (posteriordb: logmesquite). */
export default ({ sample, observe, flat, normal, matmul }, data) => {
  const beta = sample('beta', flat(), { shape: [7] });
  const sigma = sample('sigma', flat({ lower: 0 }));
  const { diam1, diam2, canopy_height, total_height, density, group } = data;
  const rows = data.weight.map((_, n) => [
    1,
    ...[diam1, diam2, canopy_height, total_height, density].map((column) => Math.log(column[n])),
    group[n],
  ]);
  observe('log_weight', normal(matmul(rows, beta), sigma), data.weight.map(Math.log));
};
