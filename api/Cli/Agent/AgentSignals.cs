using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace Praetor.Api.Cli.Agent;

/// <summary>
/// Turns the signals of the process into a queue that the agent reads (cli 7, Signals). SIGPIPE needs no handler: the runtime ignores it and
/// writing to a closed pipe is an error of its own.
/// </summary>
internal sealed class AgentSignals : IDisposable
{
    private readonly Channel<PosixSignal> _arrived = Channel.CreateUnbounded<PosixSignal>();
    private readonly PosixSignalRegistration[] _registrations;

    /// <summary>Starts to listen.</summary>
    public AgentSignals() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, Arrive),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, Arrive),
        PosixSignalRegistration.Create(PosixSignal.SIGHUP, Arrive),
    ];

    /// <summary>The signals in order of arrival.</summary>
    public ChannelReader<PosixSignal> Arrived => _arrived.Reader;

    /// <summary>Name as log lines show it.</summary>
    public static string NameOf(PosixSignal signal) => signal switch
    {
        PosixSignal.SIGINT => "interrupt",
        PosixSignal.SIGTERM => "terminated",
        _ => "hangup",
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
    }

    private void Arrive(PosixSignalContext context)
    {
        // What to do is for the agent to decide; the runtime must not end the process.
        context.Cancel = true;
        _arrived.Writer.TryWrite(context.Signal);
    }
}
