using System.Net.Sockets;
using Praetor.Load.Growth;

namespace Praetor.Load;

/// <summary>The command: parses its arguments, runs the session, turns the outcome into an exit code.</summary>
public static class LoadProgram
{
    /// <summary>Returns 0 if every request was answered as expected, 1 otherwise.</summary>
    public static int Main(string[] arguments)
    {
        try
        {
            var options = LoadOptions.Parse(arguments);
            if (options.IsGrowth)
                return new GrowthSession(options, Console.Out).Run() ? 0 : 1;
            if (options.Compared.Count > 0 && options.Scenarios.Count > 0)
                return new Comparison(options, Console.Out).Run() ? 0 : 1;
            if (options.Scenarios.Count > 0)
                return new LoadSession(options, Console.Out).Run() ? 0 : 1;
        }
        catch (Exception error) when (error is FormatException or SocketException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"load: {error.Message}");
            return 1;
        }

        WriteUsage(Console.Out);
        return 0;
    }

    private static void WriteUsage(TextWriter output)
    {
        output.WriteLine("usage: load SCENARIO[,SCENARIO...]|all [--address IP] [--http-port N] [--dns-port N] [--connections N]");
        output.WriteLine("            [--seconds S] [--warm-up S] [--rate REQUESTS_PER_SECOND] [--ramp] [--no-data] [--json FILE]");
        output.WriteLine("       load compare SCENARIO[,SCENARIO...] --target NAME=[etcd:]ADDRESS[:PORT] --target ... [--rounds N] [--seconds S] [--connections N]");
        output.WriteLine("       load growth [keys,instances,waits] [--address IP] [--pid N] [--pictures DIRECTORY] [--seconds S] [--connections N]");
        foreach (var (name, description) in LoadSession.Scenarios)
            output.WriteLine($"  {name,-16}  {description}");
    }
}
