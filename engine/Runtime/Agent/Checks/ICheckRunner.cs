namespace Praetor.Runtime.Agent.Checks;

/// <summary>
/// One running check. <see cref="Start"/> once; disposing stops it at once (a run under way is cancelled, a script's process group
/// killed) and, when the returned task has completed, nothing is left behind and no report follows.
/// </summary>
public interface ICheckRunner : IAsyncDisposable
{
    /// <summary>Begins: the first run follows after a random part of the interval.</summary>
    void Start();
}

/// <summary>Where results go. Called on thread-pool threads, for one check never concurrently; must not block or throw.</summary>
public interface ICheckReport
{
    /// <summary>A result: <paramref name="status"/> is passing, warning or critical. Repeated results are reported again.</summary>
    void Report(string checkId, string status, string output);
}
