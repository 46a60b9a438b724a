using Maydon.Commands;

return await CommandLine.RunAsync(args);
