using System.Net;

namespace Praetor.Load;

/// <summary>The agent under load.</summary>
/// <param name="Http">Its HTTP API.</param>
/// <param name="Dns">Its DNS over UDP.</param>
public sealed record LoadTarget(IPEndPoint Http, IPEndPoint Dns);
