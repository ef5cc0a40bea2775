using System.ComponentModel;
using System.IO.Pipes;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Praetor.Runtime.Children;

/// <summary>
/// A command running in a process group of its own, its stdout and stderr merged in one pipe unless they are this process's own.
/// System.Diagnostics.Process offers neither the group nor the one pipe. Disposing kills what still runs and reaps the command,
/// so no zombie stays behind.
/// </summary>
public sealed class ChildProcess : IAsyncDisposable
{
    private readonly int _pid;
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SafePipeHandle? _outputHandle;
    private readonly PosixSignalRegistration _childSignal;
    private bool _reaped;

    private ChildProcess(int pid, SafePipeHandle? output)
    {
        _pid = pid;
        _outputHandle = output;
        Output = output is null ? Stream.Null : new AnonymousPipeClientStream(PipeDirection.In, output);
#pragma warning disable CA1416 // Nothing is started where there is no such signal: see Start.
        _childSignal = PosixSignalRegistration.Create(PosixSignal.SIGCHLD, _ => LookWhetherItExited());
#pragma warning restore CA1416
        // It may have ended before the registration.
        LookWhetherItExited();
    }

    /// <summary>What the command and its children print; ends when the last of them has closed it. Reading holds no thread. Empty if they print where this process does.</summary>
    public Stream Output { get; }

    /// <summary>Its id, for people.</summary>
    public int Id => _pid;

    /// <summary>Starts a command.</summary>
    /// <exception cref="ChildStartException">It cannot be started.</exception>
    public static ChildProcess Start(ChildCommand command)
    {
        if (OperatingSystem.IsWindows())
            throw new ChildStartException("commands need a POSIX system");
        if (command.Args.Any(static arg => arg.Contains('\0', StringComparison.Ordinal)))
            throw new ChildStartException("fork/exec: invalid argument");
        var path = ChildPath.Find(command.Args[0]);
        (SafePipeHandle Read, SafePipeHandle Write)? output = command.InheritsOutput ? null : OpenPipe();
        (SafePipeHandle Read, SafePipeHandle Write)? input = command.Input is null ? null : OpenPipe();
        var ends = new ChildEnds(command.InheritsInput ? ChildEnds.Own : input is { } given ? (int)given.Read.DangerousGetHandle() : ChildEnds.Nothing,
            output is { } printed ? (int)printed.Write.DangerousGetHandle() : ChildEnds.Own);
        var error = ChildSpawn.Start(path, command, ends, out var pid);
        output?.Write.Dispose();
        input?.Read.Dispose();
        if (error != 0)
        {
            output?.Read.Dispose();
            input?.Write.Dispose();
            throw new ChildStartException($"fork/exec {path}: {ChildPath.Reason(error)}");
        }

        if (input is { } wanted)
            _ = FeedAsync(wanted.Write, command.Input!.Value);
        return new ChildProcess(pid, output?.Read);
    }

    /// <summary>The exit code of the command itself; -1 when a signal ended it. Call it once; afterwards nothing can be killed.</summary>
    public async Task<int> WaitForExitAsync(CancellationToken cancellation)
    {
        await _exited.Task.WaitAsync(cancellation).ConfigureAwait(false);
        return Reap();
    }

    /// <summary>SIGKILL to the command and all that it started in its group.</summary>
    public void KillGroup() => SignalGroup(Native.SigKill);

    /// <summary>Asks the command and all that it started in its group to end.</summary>
    public void TerminateGroup() => SignalGroup(Native.SigTerm);

    /// <summary>A signal by its number to the command and all that it started in its group.</summary>
    public void SignalGroup(int signal)
    {
        lock (_gate)
        {
            // The command is reaped last of all: until then its id, and so the group's, cannot belong to anybody else.
            if (!_reaped)
                Native.Kill(-_pid, signal);
        }
    }

    /// <summary>Reads what lies in the pipe, without waiting; 0 if there is nothing. Not while a read of <see cref="Output"/> is under way.</summary>
    public unsafe int ReadAvailable(Span<byte> buffer)
    {
        if (_outputHandle is null)
            return 0;
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

    private static async Task FeedAsync(SafePipeHandle handle, ReadOnlyMemory<byte> input)
    {
        var pipe = new AnonymousPipeClientStream(PipeDirection.Out, handle);
        await using (pipe.ConfigureAwait(false))
        {
            try
            {
                await pipe.WriteAsync(input).ConfigureAwait(false);
            }
            catch (IOException)
            {
                // The command did not want it.
            }
        }
    }

    private static unsafe (SafePipeHandle Read, SafePipeHandle Write) OpenPipe()
    {
        var ends = stackalloc int[2];
        if (Native.Pipe2(ends, Native.CloseOnExec) != 0)
            throw new ChildStartException(new Win32Exception(Marshal.GetLastPInvokeError()).Message);
        return (new SafePipeHandle(ends[0], ownsHandle: true), new SafePipeHandle(ends[1], ownsHandle: true));
    }
}

/// <summary>A command that could not be started; the message says why, as checks and handlers show it.</summary>
public sealed class ChildStartException(string message) : Exception(message);
