using System.Globalization;
using System.Runtime.InteropServices;
using Praetor.Api.Http.Json;

namespace Praetor.Api.Http.Agent;

/// <summary>
/// agent/host (http-agent 2.2): the machine that the agent runs on, read from /proc each time it is asked for. A part that cannot be read is null, and its error is told
/// beside the others. No state.
/// </summary>
internal static class HostEndpoints
{
    private static readonly (string Name, string InProc)[] s_memory =
    [
        ("free", "MemFree"), ("active", "Active"), ("inactive", "Inactive"), ("buffers", "Buffers"), ("cached", "Cached"), ("writeBack", "Writeback"), ("dirty", "Dirty"),
        ("writeBackTmp", "WritebackTmp"), ("shared", "Shmem"), ("slab", "Slab"), ("sreclaimable", "SReclaimable"), ("sunreclaim", "SUnreclaim"), ("pageTables", "PageTables"),
        ("swapCached", "SwapCached"), ("commitLimit", "CommitLimit"), ("committedAS", "Committed_AS"), ("swapTotal", "SwapTotal"), ("swapFree", "SwapFree"), ("mapped", "Mapped"),
        ("vmallocTotal", "VmallocTotal"), ("vmallocUsed", "VmallocUsed"), ("vmallocChunk", "VmallocChunk"), ("hugePageSize", "Hugepagesize"),
    ];

    private delegate void Part(GoJsonWriter json);

    public static async ValueTask AnswerAsync(ApiRequest request)
    {
        var errors = new List<string>();
        Part? memory = await ReadAsync(MemoryAsync, errors).ConfigureAwait(false);
        Part? processors = await ReadAsync(ProcessorsAsync, errors).ConfigureAwait(false);
        Part? host = await ReadAsync(HostAsync, errors).ConfigureAwait(false);
        Part? disk = await ReadAsync(static () => Task.FromResult<Part>(Disk), errors).ConfigureAwait(false);
        GoJsonWriter json = request.BeginJson();
        json.BeginObject();
        Write(json, "Memory"u8, memory);
        Write(json, "CPU"u8, processors);
        Write(json, "Host"u8, host);
        Write(json, "Disk"u8, disk);
        json.Member("CollectionTime"u8, (request.Services.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick);
        json.Name("Errors"u8);
        if (errors.Count == 0)
            json.Null();
        else
            json.StringList([.. errors]);
        json.EndObject();
        await request.RespondJsonAsync().ConfigureAwait(false);
    }

    private static async Task<Part?> ReadAsync(Func<Task<Part>> read, List<string> errors)
    {
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or FormatException)
        {
            errors.Add(unreadable.Message);
            return null;
        }
    }

    private static void Write(GoJsonWriter json, ReadOnlySpan<byte> name, Part? part)
    {
        json.Name(name);
        if (part is null)
            json.Null();
        else
            part(json);
    }

    private static async Task<Part> MemoryAsync()
    {
        Dictionary<string, long> found = [];
        foreach (string line in await File.ReadAllLinesAsync("/proc/meminfo").ConfigureAwait(false))
        {
            string[] words = line.Split([':', ' '], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length >= 2 && long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out long value))
                found[words[0]] = words.Length > 2 ? value * 1024 : value;
        }

        long Of(string name) => found.GetValueOrDefault(name);
        long used = Of("MemTotal") - Of("MemFree") - Of("Buffers") - Of("Cached") - Of("SReclaimable");
        return json =>
        {
            json.BeginObject();
            json.Member("total"u8, Of("MemTotal"));
            json.Member("available"u8, Of("MemAvailable"));
            json.Member("used"u8, used);
            json.Name("usedPercent"u8);
            json.Number(Percent(used, Of("MemTotal")));
            foreach ((string name, string inProc) in s_memory)
            {
                json.Name(name);
                json.Number(Of(inProc));
            }

            json.Member("hugePagesTotal"u8, Of("HugePages_Total"));
            json.Member("hugePagesFree"u8, Of("HugePages_Free"));
            json.EndObject();
        };
    }

    private static async Task<Part> ProcessorsAsync()
    {
        var processors = new List<Dictionary<string, string>>();
        foreach (string line in await File.ReadAllLinesAsync("/proc/cpuinfo").ConfigureAwait(false))
        {
            string[] pair = line.Split(':', 2, StringSplitOptions.TrimEntries);
            if (pair.Length < 2)
                continue;
            if (pair[0] == "processor")
                processors.Add([]);
            if (processors.Count > 0)
                processors[^1][pair[0]] = pair[1];
        }

        return json =>
        {
            json.BeginArray();
            foreach (Dictionary<string, string> processor in processors)
                WriteProcessor(json, processor);
            json.EndArray();
        };
    }

    private static void WriteProcessor(GoJsonWriter json, Dictionary<string, string> processor)
    {
        string Of(string name) => processor.GetValueOrDefault(name, "");
        long Number(string name) => long.TryParse(Of(name).Split(' ')[0], NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : 0;
        json.BeginObject();
        json.Member("cpu"u8, Number("processor"));
        json.Member("vendorId"u8, Of("vendor_id"));
        json.Member("family"u8, Of("cpu family"));
        json.Member("model"u8, Of("model"));
        json.Member("stepping"u8, Number("stepping"));
        json.Member("physicalId"u8, Of("physical id"));
        json.Member("coreId"u8, Of("core id"));
        json.Member("cores"u8, 1);
        json.Member("modelName"u8, Of("model name"));
        json.Name("mhz"u8);
        json.Number(double.TryParse(Of("cpu MHz"), NumberStyles.Float, CultureInfo.InvariantCulture, out double mhz) ? mhz : 0);
        json.Member("cacheSize"u8, Number("cache size"));
        json.Name("flags"u8);
        json.StringListOrEmpty(Of("flags").Split(' ', StringSplitOptions.RemoveEmptyEntries));
        json.Member("microcode"u8, Of("microcode"));
        json.EndObject();
    }

    private static async Task<Part> HostAsync()
    {
        Dictionary<string, string> release = [];
        if (File.Exists("/etc/os-release"))
        {
            foreach (string line in await File.ReadAllLinesAsync("/etc/os-release").ConfigureAwait(false))
            {
                string[] pair = line.Split('=', 2);
                if (pair.Length == 2)
                    release[pair[0]] = pair[1].Trim('"');
            }
        }

        string uptimeText = (await File.ReadAllTextAsync("/proc/uptime").ConfigureAwait(false)).Split(' ')[0];
        long uptime = (long)double.Parse(uptimeText, CultureInfo.InvariantCulture);
        string[] stat = await File.ReadAllLinesAsync("/proc/stat").ConfigureAwait(false);
        string booted = Array.Find(stat, static line => line.StartsWith("btime ", StringComparison.Ordinal)) ?? "btime 0";
        string kernel = (await File.ReadAllTextAsync("/proc/sys/kernel/osrelease").ConfigureAwait(false)).Trim();
        string machine = File.Exists("/etc/machine-id") ? (await File.ReadAllTextAsync("/etc/machine-id").ConfigureAwait(false)).Trim() : "";
        int processes = Directory.EnumerateDirectories("/proc").Count(static path => char.IsAsciiDigit(Path.GetFileName(path)[0]));
        return json =>
        {
            json.BeginObject();
            json.Member("hostname"u8, Environment.MachineName);
            json.Member("uptime"u8, uptime);
            json.Member("bootTime"u8, long.Parse(booted[6..], CultureInfo.InvariantCulture));
            json.Member("procs"u8, processes);
            json.Member("os"u8, "linux");
            json.Member("platform"u8, release.GetValueOrDefault("ID", ""));
            json.Member("platformFamily"u8, release.GetValueOrDefault("ID_LIKE", release.GetValueOrDefault("ID", "")));
            json.Member("platformVersion"u8, release.GetValueOrDefault("VERSION_ID", ""));
            json.Member("kernelVersion"u8, kernel);
            json.Member("kernelArch"u8, RuntimeInformation.OSArchitecture == Architecture.X64 ? "x86_64" : "aarch64");
            json.Member("virtualizationSystem"u8, "");
            json.Member("virtualizationRole"u8, "");
            json.Member("hostId"u8, Guid.TryParse(machine, out Guid id) ? id.ToString() : machine);
            json.EndObject();
        };
    }

    private static void Disk(GoJsonWriter json)
    {
        var root = new DriveInfo("/");
        long used = root.TotalSize - root.TotalFreeSpace;
        json.BeginObject();
        json.Member("path"u8, "/");
        json.Member("fstype"u8, root.DriveFormat);
        json.Member("total"u8, root.TotalSize);
        json.Member("free"u8, root.AvailableFreeSpace);
        json.Member("used"u8, used);
        json.Name("usedPercent"u8);
        json.Number(Percent(used, used + root.AvailableFreeSpace));
        json.EndObject();
    }

    private static double Percent(long part, long whole) => whole > 0 ? 100.0 * part / whole : 0;
}
