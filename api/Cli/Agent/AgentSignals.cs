using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace Praetor.Api.Cli.Agent;

/// <summary>
/// Turns the signals of the process into a queue that the agent reads (cli 7, Signals). SIGPIPE needs no handler: the runtime ignores it and
/// writing to a closed pipe is an error of its own.
/// </summary>
internal sealed partial class AgentSignals : IDisposable
{
    private const int SigHup = 1;
    private const int SigInt = 2;
    private const int SigUsr1 = 10;
    private const nint DefaultDisposition = 0;

    private readonly Channel<PosixSignal> _arrived = Channel.CreateUnbounded<PosixSignal>();
    private readonly PosixSignalRegistration[] _registrations;

    /// <summary>Starts to listen.</summary>
    public AgentSignals()
    {
        // A shell starts background jobs with SIGINT ignored (nohup does so with SIGHUP), and the runtime then leaves the signal alone. The agent
        // obeys these signals however it was started.
        if (!OperatingSystem.IsWindows())
        {
            SetDisposition(SigInt, DefaultDisposition);
            SetDisposition(SigHup, DefaultDisposition);
        }

        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Arrive),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Arrive),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, Arrive),
            .. OperatingSystem.IsLinux() ? [PosixSignalRegistration.Create((PosixSignal)SigUsr1, Arrive)] : Array.Empty<PosixSignalRegistration>(),
        ];
    }

    /// <summary>The signals in order of arrival.</summary>
    public ChannelReader<PosixSignal> Arrived => _arrived.Reader;

    /// <summary>Name as log lines show it.</summary>
    public static string NameOf(PosixSignal signal) => signal switch
    {
        PosixSignal.SIGINT => "interrupt",
        PosixSignal.SIGTERM => "terminated",
        PosixSignal.SIGHUP => "hangup",
        _ => "user defined signal 1",
    };

    /// <summary>Operators ask for the metrics.</summary>
    public static bool AsksForMetrics(PosixSignal signal) => (int)signal == SigUsr1;

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

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint SetDisposition(int signal, nint handler);
}
