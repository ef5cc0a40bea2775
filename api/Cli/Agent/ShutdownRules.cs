using System.Runtime.InteropServices;
using Praetor.Api.Config;

namespace Praetor.Api.Cli.Agent;

/// <summary>What a signal asks of a running agent.</summary>
internal enum SignalOrder
{
    /// <summary>Read the configuration again.</summary>
    Reload,

    /// <summary>Leave the cluster, then stop.</summary>
    Leave,

    /// <summary>Stop at once with exit code 1.</summary>
    Stop,
}

/// <summary>Which signal means what (cli 7, Signals). Pure.</summary>
internal static class ShutdownRules
{
    /// <summary>Longest graceful leave.</summary>
    public static readonly TimeSpan LeaveLimit = TimeSpan.FromSeconds(15);

    /// <summary>Decides for a running agent.</summary>
    public static SignalOrder Decide(PosixSignal signal, AgentConfig config) => signal switch
    {
        PosixSignal.SIGHUP => SignalOrder.Reload,
        PosixSignal.SIGINT => config.SkipLeaveOnInterrupt ? SignalOrder.Stop : SignalOrder.Leave,
        _ => config.LeaveOnTerminate ? SignalOrder.Leave : SignalOrder.Stop,
    };
}
