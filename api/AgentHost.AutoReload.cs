using Praetor.Api.Config;

namespace Praetor.Api;

/// <summary>auto_reload_config (config 4): the files of the configuration and of certificates are looked at, and a change is a reload.</summary>
public sealed partial class AgentHost
{
    /// <summary>Changes within this time are one.</summary>
    private static readonly TimeSpan s_coalescing = TimeSpan.FromSeconds(1);

    /// <summary>The files as they were when they were loaded, as nearly as the agent knows; null if nobody looks at them.</summary>
    private readonly FileStamps? _loadedFiles;

    private void StartAutoReload()
    {
        if (_loadedFiles is { } loaded)
            RunAside("auto reload", cancellation => AutoReloadAsync(loaded, cancellation));
    }

    private async Task AutoReloadAsync(FileStamps loaded, CancellationToken cancellation)
    {
        FileStamps before = loaded;
        while (true)
        {
            await Task.Delay(s_coalescing, _time, cancellation).ConfigureAwait(false);
            FileStamps now = FileStamps.Of(WatchedFiles());
            bool isStill = now.Equals(before);
            before = now;
            // Whoever writes several files, or a long one, is let finish.
            if (!isStill || now.Equals(loaded))
                continue;
            loaded = now;
            if (await ReloadAsync(isAutomatic: true, cancellation).ConfigureAwait(false) is { } error)
                HostLog.AutoReloadFailed(_log, error);
        }
    }

    private IEnumerable<string> WatchedFiles()
    {
        TlsSettings tls = _reloaded.Tls;
        IEnumerable<string> certificates = new[] { tls.InternalRpc, tls.Https, tls.Grpc }.SelectMany(static each => new[] { each.CertFile, each.KeyFile });
        return _setup.ConfigPaths.Concat(certificates.Where(static path => path.Length > 0)).Distinct();
    }

    /// <summary>What must not change by itself stays as it is, and is told (config 4, end).</summary>
    private AgentConfig Guarded(AgentConfig loaded)
    {
        AgentConfig now = _reloaded;
        ClusterSettings cluster = loaded.Cluster with { EncryptVerifyIncoming = now.Cluster.EncryptVerifyIncoming, EncryptVerifyOutgoing = now.Cluster.EncryptVerifyOutgoing };
        TlsSettings tls = now.Tls with
        {
            InternalRpc = WithFilesOf(now.Tls.InternalRpc, loaded.Tls.InternalRpc),
            Https = WithFilesOf(now.Tls.Https, loaded.Tls.Https),
            Grpc = WithFilesOf(now.Tls.Grpc, loaded.Tls.Grpc),
        };
        if (cluster != loaded.Cluster || !IsSame(tls, loaded.Tls))
            HostLog.NotAutomatic(_log);
        return loaded with { Cluster = cluster, Tls = tls };
    }

    private static TlsInterfaceSettings WithFilesOf(TlsInterfaceSettings now, TlsInterfaceSettings loaded) => now with { CertFile = loaded.CertFile, KeyFile = loaded.KeyFile };

    private static bool IsSame(TlsSettings one, TlsSettings other) =>
        one.VerifyServerHostname == other.VerifyServerHostname && IsSame(one.InternalRpc, other.InternalRpc) && IsSame(one.Https, other.Https) && IsSame(one.Grpc, other.Grpc);

    private static bool IsSame(TlsInterfaceSettings one, TlsInterfaceSettings other) =>
        one.CipherSuites.SequenceEqual(other.CipherSuites) && one with { CipherSuites = other.CipherSuites } == other;
}
