namespace Praetor.Api.Statsd;

/// <summary>What the far side speaks.</summary>
public enum StatsdDialect
{
    /// <summary>statsd over UDP: labels become parts of the name.</summary>
    Statsd,

    /// <summary>The same lines over TCP.</summary>
    Statsite,

    /// <summary>DogStatsD over UDP or a Unix datagram socket: labels become tags.</summary>
    Dogstatsd,
}

/// <summary>Where measurements go.</summary>
/// <param name="Dialect">What the far side speaks.</param>
/// <param name="Address">host:port; of <see cref="StatsdDialect.Dogstatsd"/> also <c>unix:///path</c>.</param>
/// <param name="Tags">Sent with every line of <see cref="StatsdDialect.Dogstatsd"/>, as <c>name:value</c>.</param>
public sealed record StatsdOptions(StatsdDialect Dialect, string Address, IReadOnlyList<string> Tags);
