using System.Runtime.InteropServices;
using Praetor.Api.Cli.Client;
using Praetor.Api.Cli.Flags;
using Praetor.Api.Cli.Locks;
using Praetor.Api.Watches;
using Praetor.Core.Codec;
using Praetor.Runtime.Children;

namespace Praetor.Api.Cli.Commands.Cluster;

/// <summary>lock (cli 10).</summary>
internal sealed class LockCommand : ClientCommand
{
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(5);

    private readonly IntFlag _limit;
    private readonly IntFlag _retries;
    private readonly StringFlag _name;
    private readonly BoolFlag _passInput;
    private readonly BoolFlag _shell;
    private readonly DurationFlag _timeout;
    private readonly DurationFlag _try;
    private readonly BoolFlag _childCode;
    private readonly BoolFlag _verbose;

    /// <summary>Declares the flags.</summary>
    public LockCommand() : base(ClientFlagGroups.Server)
    {
        _limit = Declare(new IntFlag("n", "How many may hold it at the same time; more than one makes it a semaphore. The default is 1."));
        _retries = Declare(new IntFlag("monitor-retry", "Errors in a row, one second apart, that do not count as the loss of the lock. The default is 3."));
        _name = Declare(new StringFlag("name", "Name of the session."));
        _passInput = Declare(new BoolFlag("pass-stdin", "Gives standard input to the child."));
        _shell = Declare(new BoolFlag("shell", "Runs the child in a shell. The default value is true.", unset: true));
        _timeout = Declare(new DurationFlag("timeout", "How long to try. The default is for ever."));
        _try = Declare(new DurationFlag("try", "Old name of -timeout."));
        _childCode = Declare(new BoolFlag("child-exit-code", "Exits with 2 if the child failed."));
        _verbose = Declare(new BoolFlag("verbose", "Tells what is done."));
    }

    /// <inheritdoc/>
    public override string Usage => "lock [options] prefix child...";

    /// <inheritdoc/>
    public override string Description => """
        Waits until it holds a lock, runs a child, and gives the lock back when the child has ended. A child whose
        lock is lost is stopped. The lock is the key PREFIX/.lock.

            $ consul lock service/web/leader ./run-as-leader
        """;

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliCall call, CancellationToken cancellation)
    {
        var limit = _limit.IsSet(call.Flags) ? _limit.Get(call.Flags) : 1;
        var retries = _retries.IsSet(call.Flags) ? _retries.Get(call.Flags) : 3;
        var timeout = _timeout.IsSet(call.Flags) ? _timeout.Get(call.Flags) : _try.Get(call.Flags);
        if (limit <= 0)
            return call.Io.Fail("Lock holder limit must be positive");
        if (call.Arguments.Count < 2)
            return call.Io.Fail("Key prefix and child command must be specified");
        if (timeout < TimeSpan.Zero)
            return call.Io.Fail("Timeout must be positive");
        if (retries < 0)
            return call.Io.Fail("Number for 'monitor-retry' must be >= 0");
        using var client = Connect(call);
        if (client is null)
            return ExitCode.Failure;
        var self = await client.GetAsync(new ApiQuery("/v1/agent/self"), cancellation).ConfigureAwait(false);
        if (self.Error is { } error)
            return call.Io.Fail($"Error querying Consul agent: {error}");
        var prefix = call.Arguments[0].StartsWith('/') ? call.Arguments[0][1..] : call.Arguments[0];
        prefix = prefix.TrimEnd('/');
        Tell(call, limit == 1 ? $"Setting up lock at path: {prefix}/.lock" : $"Setting up semaphore (limit {limit}) at prefix: {prefix}");
        var store = new LockStore(client);
        ILockForm form = limit == 1 ? new LockKey(store, prefix + "/.lock") : new SemaphoreKey(store, prefix, limit);
        var name = _name.Get(call.Flags) is { Length: > 0 } given ? given : $"Consul lock for '{string.Join(' ', call.Arguments.Skip(1))}' at '{prefix}'";
        return await HoldAsync(call, client, form, name, new LockPatience(timeout, retries), cancellation).ConfigureAwait(false);
    }

    private async Task<int> HoldAsync(CliCall call, ConsulClient client, ILockForm form, string name, LockPatience patience, CancellationToken cancellation)
    {
        using var interrupts = new Interrupts(cancellation);
        LockSession? session;
        HeldLock? held;
        string? refusal;
        Tell(call, "Attempting lock acquisition");
        try
        {
            (session, refusal) = await LockSession.CreateAsync(client, call.Io.Time, name, form.SessionBehavior, interrupts.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (interrupts.Token.IsCancellationRequested)
        {
            return call.Io.Fail("Shutdown triggered or timeout during lock acquisition");
        }

        if (session is null)
            return call.Io.Fail($"Lock acquisition failed: {refusal}");
        await using (session.ConfigureAwait(false))
        {
            (held, refusal) = await HeldLock.AcquireAsync(form, session, call.Io.Time, patience, interrupts.Token).ConfigureAwait(false);
            if (held is null)
                return call.Io.Fail(refusal is null ? "Shutdown triggered or timeout during lock acquisition" : $"Lock acquisition failed: {refusal}");
            await using (held.ConfigureAwait(false))
            {
                var childFailed = !interrupts.Token.IsCancellationRequested && await RunChildAsync(call, held, interrupts).ConfigureAwait(false);
                return await ReleaseAsync(call, held, form).ConfigureAwait(false) is { } failure ? call.Io.Fail(failure)
                    : childFailed && _childCode.Get(call.Flags) ? ExitCode.Special : ExitCode.Success;
            }
        }
    }

    private async Task<string?> ReleaseAsync(CliCall call, HeldLock held, ILockForm form)
    {
        if (await held.ReleaseAsync().ConfigureAwait(false) is { } unreleased)
            return $"Lock release failed: {unreleased}";
        var cleanup = await form.CleanUpAsync(CancellationToken.None).ConfigureAwait(false);
        if (cleanup.Error is { } uncleaned)
            return $"Lock cleanup failed: {uncleaned}";
        Tell(call, cleanup.IsDone ? "Cleanup succeeded" : "Cleanup aborted, lock in use");
        return null;
    }

    /// <summary>True if the child failed by itself.</summary>
    private async Task<bool> RunChildAsync(CliCall call, HeldLock held, Interrupts interrupts)
    {
        Tell(call, "Starting handler");
        var words = call.Arguments.Skip(1);
        var command = _shell.Get(call.Flags) ? ChildCommand.InShell(words) : new ChildCommand([.. words]);
        ChildProcess child;
        try
        {
            child = ChildProcess.Start(command with { InheritsOutput = true, InheritsInput = _passInput.Get(call.Flags), Environment = [KeyValuePair.Create("CONSUL_LOCK_HELD", "true")] });
        }
        catch (ChildStartException failure)
        {
            call.Io.Error.WriteLine($"Error running handler: {failure.Message}");
            return true;
        }

        await using (child.ConfigureAwait(false))
        {
            if (_passInput.Get(call.Flags))
                Tell(call, "Stdin passed to handler process");
            using var forwarding = new SignalForwarding(child);
            var exit = child.WaitForExitAsync(CancellationToken.None);
            var interrupted = Task.Delay(Timeout.Infinite, interrupts.Token);
            var first = await Task.WhenAny(exit, held.Lost, interrupted).ConfigureAwait(false);
            if (first == exit)
            {
                var code = await exit.ConfigureAwait(false);
                if (code != 0)
                    call.Io.Error.WriteLine($"Error running handler: {WatchHandlers.Describe(code)}");
                Tell(call, "Child terminated, releasing lock");
                return code != 0;
            }

            Tell(call, first == interrupted ? "Shutdown triggered, killing child" : "Lock lost, killing child");
            await StopAsync(call, child, exit).ConfigureAwait(false);
            return false;
        }
    }

    private async Task StopAsync(CliCall call, ChildProcess child, Task<int> exit)
    {
        Tell(call, $"Terminating child pid {child.Id}");
        child.TerminateGroup();
        if (await Task.WhenAny(exit, Task.Delay(s_grace, call.Io.Time)).ConfigureAwait(false) == exit)
        {
            Tell(call, "Child terminated");
            return;
        }

        Tell(call, $"Child did not exit after grace period of {GoDuration.Format(GoDuration.FromTimeSpan(s_grace))}");
        Tell(call, $"Killing child pid {child.Id}");
        child.KillGroup();
        await exit.ConfigureAwait(false);
    }

    private void Tell(CliCall call, string line)
    {
        if (_verbose.Get(call.Flags))
            call.Io.Out.WriteLine(line);
    }

    /// <summary>Passes signals on to a child for as long as it runs.</summary>
    private sealed class SignalForwarding : IDisposable
    {
        private const int SigHup = 1;
        private const int SigInt = 2;
        private const int SigTerm = 15;

        private readonly PosixSignalRegistration[] _registrations;

        public SignalForwarding(ChildProcess child)
        {
            PosixSignalRegistration Of(PosixSignal signal, int number) => PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                child.SignalGroup(number);
            });
            _registrations = [Of(PosixSignal.SIGINT, SigInt), Of(PosixSignal.SIGTERM, SigTerm), Of(PosixSignal.SIGHUP, SigHup)];
        }

        public void Dispose()
        {
            foreach (PosixSignalRegistration registration in _registrations)
                registration.Dispose();
        }
    }
}
