namespace Praetor.Core.State;

/// <summary>Record heap ids: ever growing within a process, never reused, local to this server (they are in no snapshot and no log entry).</summary>
internal sealed class VersionIds
{
    private long _last;

    public long Next() => ++_last;
}
