using System.CommandLine;
using FastVlm.Benchmarks.Load;
using FastVlm.Benchmarks.Rules;

var root = new RootCommand("Measures the platform; docs/benchmarks.md has the figures and what they were measured on.")
{
    LoadCommand.Build(),
    RulesCommand.Build(),
};
return await root.Parse(args).InvokeAsync();
