using FastVlm.Silo;

return await SiloCommandLine.RunAsync(args);
