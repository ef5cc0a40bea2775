using System.Net.Sockets;
using Praetor.Load;

try
{
    var options = LoadOptions.Parse(args);
    if (options.Scenarios.Count > 0)
        return new LoadSession(options, Console.Out).Run() ? 0 : 1;
}
catch (Exception error) when (error is FormatException or SocketException or IOException)
{
    Console.Error.WriteLine($"load: {error.Message}");
    return 1;
}

Console.WriteLine("usage: load SCENARIO[,SCENARIO...]|all [--address IP[:PORT]] [--dns-address IP[:PORT]] [--connections N] [--seconds S] [--warm-up S]");
Console.WriteLine("            [--rate REQUESTS_PER_SECOND] [--ramp] [--no-data]");
foreach (var scenario in LoadSession.Driven.Select(static make => make()))
    Console.WriteLine($"  {scenario.Name,-16}  {scenario.Description}");
foreach (var (name, description) in LoadSession.Watching)
    Console.WriteLine($"  {name,-16}  {description}");
return 0;
