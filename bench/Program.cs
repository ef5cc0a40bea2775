using BenchmarkDotNet.Running;
using Praetor.Bench.Mvcc;

BenchmarkSwitcher.FromAssembly(typeof(OrderedIndexBench).Assembly).Run(args);
