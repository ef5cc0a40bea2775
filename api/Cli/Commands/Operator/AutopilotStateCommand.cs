using System.Text;
using System.Text.Json;
using Praetor.Api.Cli.Client;
using Praetor.Api.Cli.Flags;
using Praetor.Core.Codec;

namespace Praetor.Api.Cli.Commands.Operator;

/// <summary>operator autopilot state (cli 8).</summary>
internal sealed class AutopilotStateCommand : AutopilotCommand
{
    private readonly StringFlag _format;

    /// <summary>Declares the flags.</summary>
    public AutopilotStateCommand() => _format = Declare(new StringFlag("format", "Output format: pretty or json.", unset: "pretty"));

    /// <inheritdoc/>
    public override string Usage => "operator autopilot state [options]";

    /// <inheritdoc/>
    public override string Description => """
        Prints what the autopilot thinks of the servers.
        """;

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliCall call, CancellationToken cancellation)
    {
        using var client = Connect(call);
        if (client is null)
            return ExitCode.Failure;
        var query = new ApiQuery("/v1/operator/autopilot/state").WithFlag("stale", Client.IsStale(call.Flags));
        var answer = await client.GetAsync(query, cancellation).ConfigureAwait(false);
        using var json = answer.Error is null ? answer.ReadJson(out _) : null;
        if (json is null)
            return call.Io.Fail($"Error querying Autopilot state: {answer.Error ?? "the agent's answer is not JSON"}");
        switch (_format.Get(call.Flags))
        {
            case "pretty":
                call.Io.Out.Write(Pretty(json.RootElement));
                return ExitCode.Success;
            case "json":
                call.Io.Out.WriteLine(Indented(json));
                return ExitCode.Success;
            case var other:
                return call.Io.Fail($"Unknown format: {other}");
        }
    }

    private static string Pretty(JsonElement state)
    {
        var text = new StringBuilder();
        void Line(string line) => text.Append(line).Append('\n');
        Line($"Healthy:                      {state.Text("Healthy")}");
        Line($"Failure Tolerance:            {state.Text("FailureTolerance")}");
        Line($"Optimistic Failure Tolerance: {state.Text("OptimisticFailureTolerance")}");
        Line($"Leader:                       {state.Text("Leader")}");
        Line("Voters:");
        foreach (var voter in state.Field("Voters").Elements())
            Line($"   {voter.AsText()}");
        Line("Servers:");
        foreach (var server in state.Field("Servers").Members().OrderBy(static each => each.Name, StringComparer.Ordinal))
        {
            Line($"   {server.Name}");
            foreach ((string label, string field) in s_fields)
                Line($"      {label,-17}{server.Value.Text(field)}");
            Line("      Meta");
            foreach (var meta in server.Value.Field("Meta").Members().OrderBy(static each => each.Name, StringComparer.Ordinal))
                Line($"         {GoQuote.Quote(meta.Name)}: {GoQuote.Quote(meta.Value.AsText())}");
        }

        return text.Append('\n').ToString();
    }

    private static readonly (string Label, string Field)[] s_fields =
    [
        ("Name:", "Name"), ("Address:", "Address"), ("Version:", "Version"), ("Status:", "Status"), ("Node Type:", "NodeType"), ("Node Status:", "NodeStatus"),
        ("Healthy:", "Healthy"), ("Last Contact:", "LastContact"), ("Last Term:", "LastTerm"), ("Last Index:", "LastIndex"),
    ];

    private static string Indented(JsonDocument json)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true, IndentSize = 4, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            json.WriteTo(writer);
        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
