using Praetor.Api.Cli;

return await CliApp.RunAsync(args, ConsulCommands.Tree(), CliIo.OfProcess(), CancellationToken.None).ConfigureAwait(false);
