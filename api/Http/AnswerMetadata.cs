using Praetor.Api.Http.Json;
using Praetor.Runtime;

namespace Praetor.Api.Http;

/// <summary>Metadata of a read as the last members of a body: for the few answers that carry it there too (http-core 6.1, 9.3, 10).</summary>
internal static class AnswerMetadata
{
    /// <summary>Writes the members into the open object.</summary>
    /// <param name="json">The body.</param>
    /// <param name="index">Index of the answer; 0 is shown as 1.</param>
    /// <param name="consistencyLevel">As <see cref="NameOf"/> gives it; empty where the reference says so.</param>
    public static void Write(GoJsonWriter json, long index, string consistencyLevel)
    {
        json.Member("Index"u8, Math.Max(index, 1));
        json.Member("LastContact"u8, 0);
        json.Member("KnownLeader"u8, true);
        json.Member("ConsistencyLevel"u8, consistencyLevel);
        json.Member("NotModified"u8, false);
        json.Member("Backend"u8, 0);
        json.Member("ResultsFilteredByACLs"u8, false);
    }

    /// <summary>How a consistency is called in headers and bodies.</summary>
    public static string NameOf(ReadConsistency consistency) => consistency switch
    {
        ReadConsistency.Stale => "stale",
        ReadConsistency.Consistent => "consistent",
        _ => "leader",
    };
}
