using System.Text;
using System.Text.Json;
using Praetor.Api.Cli;
using Praetor.Api.Cli.Client;
using Praetor.Api.Http.Json;

namespace Praetor.Api.Watches;

/// <summary>What a watch has seen.</summary>
/// <param name="Index">Where the state is.</param>
/// <param name="Json">One line of compact JSON without its end; <c>null</c> for what is not there.</param>
public sealed record WatchResult(long Index, string Json);

/// <summary>Watches one thing through an agent's HTTP API (cli 11). One <see cref="RunAsync"/> at a time.</summary>
/// <param name="parameters">What to look at.</param>
/// <param name="ask">Asks the agent.</param>
/// <param name="time">Clock of the pauses after errors.</param>
public sealed class WatchPlan(WatchParameters parameters, Func<ApiQuery, CancellationToken, Task<ApiAnswer>> ask, TimeProvider time)
{
    private static readonly TimeSpan s_retryPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMinutes(3);

    private long _index;
    private string? _lastEvent;

    /// <summary>What to look at.</summary>
    public WatchParameters Parameters { get; } = parameters;

    /// <summary>Tells <paramref name="handle"/> of what is there and of every change; the next question is asked when it has ended. Goes on until it returns false or is cancelled.</summary>
    /// <param name="handle">Gets results.</param>
    /// <param name="failed">Hears of questions without an answer, with the pause that follows.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task RunAsync(Func<WatchResult, CancellationToken, Task<bool>> handle, Action<string, TimeSpan> failed, CancellationToken cancellation)
    {
        string? told = null;
        var failures = 0;
        while (true)
        {
            var query = Parameters.NewQuery();
            if (_index > 0)
                query.With("index", ((ulong)_index).ToString(System.Globalization.CultureInfo.InvariantCulture));
            var answer = await ask(query, cancellation).ConfigureAwait(false);
            if (Read(answer, out var json) is { } error)
            {
                failures++;
                var pause = s_retryPause * failures * failures;
                pause = pause < s_longestPause ? pause : s_longestPause;
                failed(error, pause);
                await Task.Delay(pause, time, cancellation).ConfigureAwait(false);
                continue;
            }

            failures = 0;
            var before = _index;
            _index = answer.Index;
            if (before != 0 && _index == before)
                continue;
            // What went back was restored: it is looked at anew.
            if (Parameters.Type != "event" && before != 0 && _index < before)
                _index = 0;
            if (json == told)
                continue;
            told = json;
            if (!await handle(new WatchResult(answer.Index, json), cancellation).ConfigureAwait(false))
                return;
        }
    }

    private string? Read(ApiAnswer answer, out string json)
    {
        json = "null";
        var mayBeMissing = Parameters.Type is "key" or "keyprefix";
        if (answer.IsNotFound && mayBeMissing)
            return null;
        if (answer.Error is { } error)
            return error;
        using var document = answer.ReadJson(out var malformed);
        if (document is null)
            return malformed;
        json = Parameters.Type switch
        {
            "key" => document.RootElement.Elements().ToList() is [var entry, ..] ? CompactJson.Of(writer => WriteEntry(writer, entry)) : "null",
            "keyprefix" => CompactJson.Of(writer => WriteEntries(writer, document.RootElement)),
            "event" => CompactJson.Of(writer => WriteEvents(writer, NewEvents(document.RootElement))),
            _ => Compact(answer.Body),
        };
        return null;
    }

    private static string Compact(byte[] body)
    {
        var reader = new GoJsonReader(body);
        return reader.ReadRawCompact();
    }

    private static void WriteEntries(GoJsonWriter json, JsonElement entries)
    {
        json.BeginArray();
        foreach (var entry in entries.Elements())
            WriteEntry(json, entry);
        json.EndArray();
    }

    /// <summary>In the order in which client libraries have the members.</summary>
    private static void WriteEntry(GoJsonWriter json, JsonElement entry)
    {
        json.BeginObject();
        json.Member("Key"u8, entry.Text("Key"));
        foreach (var name in new[] { "CreateIndex", "ModifyIndex", "LockIndex", "Flags" })
        {
            json.Name(name);
            json.Raw(Encoding.ASCII.GetBytes(entry.Text(name)));
        }

        WriteOptional(json, "Value"u8, entry.Field("Value"));
        json.Member("Session"u8, entry.Text("Session"));
        json.EndObject();
    }

    private static void WriteEvents(GoJsonWriter json, IEnumerable<JsonElement> events)
    {
        json.BeginArray();
        foreach (var happened in events)
        {
            json.BeginObject();
            json.Member("ID"u8, happened.Text("ID"));
            json.Member("Name"u8, happened.Text("Name"));
            WriteOptional(json, "Payload"u8, happened.Field("Payload"));
            json.Member("NodeFilter"u8, happened.Text("NodeFilter"));
            json.Member("ServiceFilter"u8, happened.Text("ServiceFilter"));
            json.Member("TagFilter"u8, happened.Text("TagFilter"));
            json.Member("Version"u8, happened.Number("Version"));
            json.Member("LTime"u8, happened.Number("LTime"));
            json.EndObject();
        }

        json.EndArray();
    }

    private static void WriteOptional(GoJsonWriter json, ReadOnlySpan<byte> name, JsonElement text)
    {
        json.Name(name);
        if (text.ValueKind == JsonValueKind.String)
            json.String(text.GetString()!);
        else
            json.Null();
    }

    /// <summary>Those behind the last one that was told.</summary>
    private List<JsonElement> NewEvents(JsonElement events)
    {
        List<JsonElement> all = [.. events.Elements()];
        var known = all.FindIndex(each => each.Text("ID") == _lastEvent);
        if (all.Count > 0)
            _lastEvent = all[^1].Text("ID");
        return known < 0 ? all : all[(known + 1)..];
    }
}
