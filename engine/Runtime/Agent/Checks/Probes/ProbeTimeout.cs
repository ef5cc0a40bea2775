namespace Praetor.Runtime.Agent.Checks.Probes;

/// <summary>Default bounds on one run.</summary>
internal static class ProbeTimeout
{
    /// <summary>HTTP, TCP, UDP, gRPC, H2PING.</summary>
    public static readonly TimeSpan Network = TimeSpan.FromSeconds(10);

    /// <summary>Scripts.</summary>
    public static readonly TimeSpan Script = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Max = TimeSpan.FromDays(24);

    /// <summary>The definition's timeout, else the kind's; never beyond what a timer can hold.</summary>
    public static TimeSpan Of(CheckSpec spec, TimeSpan kindDefault)
    {
        var timeout = spec.Timeout > TimeSpan.Zero ? spec.Timeout : kindDefault;
        return timeout < Max ? timeout : Max;
    }
}
