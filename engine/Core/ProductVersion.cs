namespace Praetor.Core;

/// <summary>The versions this build reports.</summary>
public static class ProductVersion
{
    /// <summary>The Consul API level that clients test for.</summary>
    public const string ConsulLevel = "1.21.4";

    /// <summary>Praetor's own version.</summary>
    public const string Own = "0.1.0";

    /// <summary>Build date shown where Consul shows its own (RFC 3339).</summary>
    public const string BuildDate = "2026-11-20T00:00:00Z";
}
