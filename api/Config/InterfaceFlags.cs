namespace Praetor.Api.Config;

/// <summary>Properties of a network interface.</summary>
[Flags]
public enum InterfaceFlags
{
    /// <summary>It is switched on.</summary>
    Up = 1,

    /// <summary>It can send to all of its network.</summary>
    Broadcast = 2,

    /// <summary>It leads nowhere but here.</summary>
    Loopback = 4,

    /// <summary>It leads to one other machine.</summary>
    PointToPoint = 8,

    /// <summary>It can send to groups.</summary>
    Multicast = 16,

    /// <summary>It works.</summary>
    Running = 32,
}

/// <summary>Go's names of the flags.</summary>
internal static class InterfaceFlagNames
{
    /// <summary>The flag of a name, but for running, which nobody may ask for; null if there is none.</summary>
    public static InterfaceFlags? FlagOf(string name) => name switch
    {
        "up" => InterfaceFlags.Up,
        "broadcast" => InterfaceFlags.Broadcast,
        "loopback" => InterfaceFlags.Loopback,
        "pointtopoint" => InterfaceFlags.PointToPoint,
        "multicast" => InterfaceFlags.Multicast,
        _ => null,
    };
}
