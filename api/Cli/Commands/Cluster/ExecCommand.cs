using System.Globalization;
using System.Text;
using Praetor.Api.Cli.Client;
using Praetor.Api.Cli.Commands.Kv;
using Praetor.Api.Cli.Flags;
using Praetor.Api.Cli.Locks;
using Praetor.Core.Filtering;

namespace Praetor.Api.Cli.Commands.Cluster;

/// <summary>exec (cli 9): runs something on many nodes.</summary>
internal sealed class ExecCommand : ClientCommand
{
    private readonly StringFlag _node;
    private readonly StringFlag _service;
    private readonly StringFlag _tag;
    private readonly StringFlag _prefix;
    private readonly BoolFlag _shell;
    private readonly DurationFlag _wait;
    private readonly DurationFlag _replication;
    private readonly BoolFlag _verbose;

    /// <summary>Declares the flags.</summary>
    public ExecCommand() : base(ClientFlagGroups.Server)
    {
        _node = Declare(new StringFlag("node", "Regular expression that the names of nodes must match."));
        _service = Declare(new StringFlag("service", "Regular expression that a service of the node must match."));
        _tag = Declare(new StringFlag("tag", "Regular expression that a tag of that service must match."));
        _prefix = Declare(new StringFlag("prefix", "Prefix in the store for what is exchanged.", unset: "_rexec"));
        _shell = Declare(new BoolFlag("shell", "Runs it in a shell. The default value is true.", unset: true));
        _wait = Declare(new DurationFlag("wait", "How long nothing may be heard before it is over.", TimeSpan.FromSeconds(2)));
        _replication = Declare(new DurationFlag("wait-repl", "How long to wait for the store before nodes are told.", TimeSpan.FromMilliseconds(200)));
        _verbose = Declare(new BoolFlag("verbose", "Tells what is done."));
    }

    /// <inheritdoc/>
    public override string Usage => "exec [options] [-|command...]";

    /// <inheritdoc/>
    public override string Description => """
        Runs a command, or a script from standard input, on all nodes whose agents allow it
        (disable_remote_exec = false) and shows what they print.

            $ consul exec -service=web uptime
        """;

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliCall call, CancellationToken cancellation)
    {
        var isScript = call.Arguments is ["-"];
        if (isScript && !_shell.Get(call.Flags))
            return call.Io.Fail("Cannot configure -shell=false when reading from stdin");
        if (call.Arguments.Count == 0)
            return call.FailWithHelp(this, "Must specify a command to execute");
        foreach (var (name, flag) in new[] { ("node", _node), ("service", _service), ("tag", _tag) })
        {
            if (!GoRegex.TryCompile(flag.Get(call.Flags), out _, out var error))
                return call.Io.Fail($"Failed to compile {name} filter regexp: {error}");
        }

        if (_tag.Get(call.Flags).Length > 0 && _service.Get(call.Flags).Length == 0)
            return call.Io.Fail("Cannot provide tag filter without service filter.");
        using var client = Connect(call);
        if (client is null)
            return ExitCode.Failure;
        var self = await client.GetAsync(new ApiQuery("/v1/agent/self"), cancellation).ConfigureAwait(false);
        if (self.Error is { } unreachable)
            return call.Io.Fail($"Error querying Consul agent: {unreachable}");
        using var interrupts = new Interrupts(cancellation);
        try
        {
            return await ExecuteAsync(call, client, isScript, interrupts.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (interrupts.Token.IsCancellationRequested)
        {
            return ExitCode.Failure;
        }
    }

    private async Task<int> ExecuteAsync(CliCall call, ConsulClient client, bool isScript, CancellationToken cancellation)
    {
        var (session, error) = await LockSession.CreateAsync(client, call.Io.Time, "Remote Exec", "delete", cancellation).ConfigureAwait(false);
        if (session is null)
            return call.Io.Fail($"Failed to create session: {error}");
        await using (session.ConfigureAwait(false))
        {
            Tell(call, $"Created remote execution session: {session.Id}");
            var path = $"{_prefix.Get(call.Flags)}/{session.Id}";
            try
            {
                var written = await client.PutAsync(new ApiQuery($"{KvCommands.PathOf(path)}/job").With("acquire", session.Id), Job(call, isScript), cancellation).ConfigureAwait(false);
                if (!written.IsTrue)
                    return call.Io.Fail($"Failed to create job file: {written.Error ?? "failed to acquire"}");
                Tell(call, "Uploaded remote execution spec");
                await Task.Delay(_replication.Get(call.Flags), call.Io.Time, cancellation).ConfigureAwait(false);
                var fired = await client.PutAsync(Event(call), CompactJson.BytesOf(json =>
                {
                    json.BeginObject();
                    json.Member("Prefix"u8, _prefix.Get(call.Flags));
                    json.Member("Session"u8, session.Id);
                    json.EndObject();
                }), cancellation).ConfigureAwait(false);
                using var answer = fired.Error is null ? fired.ReadJson(out _) : null;
                if (answer is null)
                    return call.Io.Fail($"Failed to fire event: {fired.Error}");
                Tell(call, $"Fired remote execution event: {answer.RootElement.Text("ID")}");
                return await new Results(this, call, client, path).FollowAsync(cancellation).ConfigureAwait(false);
            }
            finally
            {
                await client.DeleteAsync(new ApiQuery(KvCommands.PathOf(path)).WithFlag("recurse"), CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private ApiQuery Event(CliCall call) => new ApiQuery("/v1/event/fire/_rexec")
        .WithOptional("node", _node.Get(call.Flags)).WithOptional("service", _service.Get(call.Flags)).WithOptional("tag", _tag.Get(call.Flags));

    private byte[] Job(CliCall call, bool isScript)
    {
        var script = "";
        if (isScript)
        {
            using var input = call.Io.OpenInput();
            using var bytes = new MemoryStream();
            input.CopyTo(bytes);
            script = Convert.ToBase64String(bytes.ToArray());
        }

        return CompactJson.BytesOf(json =>
        {
            json.BeginObject();
            if (!isScript && _shell.Get(call.Flags))
                json.Member("Command"u8, string.Join(' ', call.Arguments));
            if (!isScript && !_shell.Get(call.Flags))
            {
                json.Name("Args"u8);
                json.StringList(call.Arguments);
            }

            json.MemberIfNotEmpty("Script"u8, script);
            json.Member("Wait"u8, _wait.Get(call.Flags).Ticks * 100);
            json.EndObject();
        });
    }

    private void Tell(CliCall call, string line)
    {
        if (_verbose.Get(call.Flags))
            call.Io.Out.WriteLine(line);
    }

    /// <summary>What nodes tell, until nothing has been heard for a while.</summary>
    private sealed class Results(ExecCommand command, CliCall call, ConsulClient client, string path)
    {
        private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
        private int _acknowledged;
        private int _finished;
        private bool _hasFailed;

        public async Task<int> FollowAsync(CancellationToken cancellation)
        {
            var began = call.Io.Time.GetTimestamp();
            var heard = began;
            long index = 0;
            while (true)
            {
                var wait = command._wait.Get(call.Flags) * (_acknowledged > _finished ? 2 : 1);
                var left = wait - call.Io.Time.GetElapsedTime(heard);
                if (left <= TimeSpan.Zero)
                    break;
                var query = new ApiQuery(KvCommands.PathOf(path) + "/").WithFlag("keys");
                if (index > 0)
                    query.With("index", index.ToString(CultureInfo.InvariantCulture)).With("wait", string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, (long)left.TotalMilliseconds)}ms"));
                var answer = await client.GetAsync(query, cancellation).ConfigureAwait(false);
                using var json = answer.Error is null ? answer.ReadJson(out _) : null;
                if (json is null)
                    return call.Io.Fail($"Failed to read results: {answer.Error ?? "the agent's answer is not JSON"}");
                index = answer.Index;
                foreach (var key in json.RootElement.Elements().Select(static key => key.AsText()).Where(_seen.Add))
                {
                    if (await TakeAsync(key, cancellation).ConfigureAwait(false))
                        heard = call.Io.Time.GetTimestamp();
                }
            }

            call.Io.Out.WriteLine($"{_finished} / {_acknowledged} node(s) completed / acknowledged");
            command.Tell(call, string.Create(CultureInfo.InvariantCulture, $"Completed in {call.Io.Time.GetElapsedTime(began).TotalSeconds:0.00} seconds"));
            return _hasFailed || _finished < _acknowledged ? ExitCode.Special : ExitCode.Success;
        }

        private async Task<bool> TakeAsync(string key, CancellationToken cancellation)
        {
            switch (key[(path.Length + 1)..].Split('/'))
            {
                case [var node, "ack"]:
                    _acknowledged++;
                    command.Tell(call, $"==> {node}: acknowledged");
                    return true;
                case [var node, "exit"]:
                    var code = Encoding.ASCII.GetString(await ReadAsync(key, cancellation).ConfigureAwait(false));
                    _finished++;
                    _hasFailed |= code != "0";
                    call.Io.Out.WriteLine($"==> {node}: finished with exit code {code}");
                    return true;
                case [var node, "out", _]:
                    var output = Encoding.UTF8.GetString(await ReadAsync(key, cancellation).ConfigureAwait(false));
                    if (output.Length > 0)
                        call.Io.Out.WriteLine(string.Join('\n', output.Split('\n').Select(line => $"    {node}: {line}")).TrimEnd());
                    else
                        command.Tell(call, $"==> {node}: heartbeat received");
                    return true;
                default:
                    return false;
            }
        }

        private async Task<byte[]> ReadAsync(string key, CancellationToken cancellation) =>
            (await client.GetAsync(new ApiQuery(KvCommands.PathOf(key)).WithFlag("raw"), cancellation).ConfigureAwait(false)).Body;
    }
}
