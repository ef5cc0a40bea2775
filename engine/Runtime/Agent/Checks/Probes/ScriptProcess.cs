using System.ComponentModel;
using System.IO.Pipes;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Praetor.Runtime.Agent.Checks.Probes;

/// <summary>
/// A command running in a process group of its own, its stdout and stderr merged in one pipe and its stdin empty.
/// System.Diagnostics.Process offers neither the group nor the one pipe. Disposing kills what still runs and reaps the command,
/// so no zombie stays behind.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal sealed class ScriptProcess : IAsyncDisposable
{
    private readonly int _pid;
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SafePipeHandle _outputHandle;
    private readonly PosixSignalRegistration _childSignal;
    private bool _reaped;

    private ScriptProcess(int pid, SafePipeHandle output)
    {
        _pid = pid;
        _outputHandle = output;
        Output = new AnonymousPipeClientStream(PipeDirection.In, output);
        _childSignal = PosixSignalRegistration.Create(PosixSignal.SIGCHLD, _ => LookWhetherItExited());
        // It may have ended before the registration.
        LookWhetherItExited();
    }

    /// <summary>What the command and its children print; ends when the last of them has closed it. Reading holds no thread.</summary>
    public Stream Output { get; }

    /// <summary>Starts a command; throws <see cref="ScriptStartException"/> with the text that the check shows.</summary>
    public static ScriptProcess Start(IReadOnlyList<string> args)
    {
        if (args.Any(static arg => arg.Contains('\0', StringComparison.Ordinal)))
            throw new ScriptStartException("fork/exec: invalid argument");
        var path = ScriptPath.Find(args[0]);
        var (read, write) = OpenPipe();
        using (write)
        {
            var error = ScriptSpawn.Start(path, args, write, out var pid);
            if (error == 0)
                return new ScriptProcess(pid, read);
            read.Dispose();
            throw new ScriptStartException($"fork/exec {path}: {ScriptPath.Reason(error)}");
        }
    }

    /// <summary>The exit code of the command itself; -1 when a signal ended it. Call it once; afterwards nothing can be killed.</summary>
    public async Task<int> WaitForExitAsync(CancellationToken cancellation)
    {
        await _exited.Task.WaitAsync(cancellation).ConfigureAwait(false);
        return Reap();
    }

    /// <summary>SIGKILL to the command and all that it started in its group.</summary>
    public void KillGroup()
    {
        lock (_gate)
        {
            // The command is reaped last of all: until then its id, and so the group's, cannot belong to anybody else.
            if (!_reaped)
                Native.Kill(-_pid, Native.SigKill);
        }
    }

    /// <summary>Reads what lies in the pipe, without waiting; 0 if there is nothing. Not while a read of <see cref="Output"/> is under way.</summary>
    public unsafe int ReadAvailable(Span<byte> buffer)
    {
        var poll = new Native.PollDescriptor { Fd = (int)_outputHandle.DangerousGetHandle(), Events = Native.PollIn };
        return Native.Poll(&poll, 1, 0) > 0 ? Output.Read(buffer) : 0;
    }

    /// <summary>Kills the group if the command was not waited for, and reaps the command.</summary>
    public async ValueTask DisposeAsync()
    {
        KillGroup();
        await _exited.Task.ConfigureAwait(false);
        Reap();
        _childSignal.Dispose();
        await Output.DisposeAsync().ConfigureAwait(false);
    }

    private unsafe void LookWhetherItExited()
    {
        lock (_gate)
        {
            if (_reaped)
                return;
            var info = stackalloc int[Native.SignalInfoBytes / sizeof(int)];
            new Span<int>(info, Native.SignalInfoBytes / sizeof(int)).Clear();
            var failed = Native.WaitId(Native.WaitForPid, _pid, info, Native.WaitExited | Native.WaitNoHang | Native.WaitLeaveWaitable) != 0;
            if (failed && Marshal.GetLastPInvokeError() == Native.Interrupted)
                return;
            // A failure means that the child is not ours to wait for; then, too, there is nothing more to come. Its first word,
            // si_signo, stays 0 while the child runs.
            if (failed || info[0] != 0)
                _exited.TrySetResult();
        }
    }

    private int Reap()
    {
        lock (_gate)
        {
            if (_reaped)
                return -1;
            _reaped = true;
            var isReaped = Native.WaitPid(_pid, out var status, Native.WaitNoHang) == _pid;
            var exitedByItself = isReaped && (status & 0x7f) == 0;
            return exitedByItself ? (status >> 8) & 0xff : -1;
        }
    }

    private static unsafe (SafePipeHandle Read, SafePipeHandle Write) OpenPipe()
    {
        var ends = stackalloc int[2];
        if (Native.Pipe2(ends, Native.CloseOnExec) != 0)
            throw new ScriptStartException(new Win32Exception(Marshal.GetLastPInvokeError()).Message);
        return (new SafePipeHandle(ends[0], ownsHandle: true), new SafePipeHandle(ends[1], ownsHandle: true));
    }
}

/// <summary>A command that could not be started; the message is the check's output.</summary>
internal sealed class ScriptStartException(string message) : Exception(message);
