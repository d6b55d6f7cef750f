using FastVlm.Embedded;

using var stop = new StopSignals();
return await new FastVlmCommandLine(CommandEnvironment.OfProcess()).RunAsync(args, stop);
