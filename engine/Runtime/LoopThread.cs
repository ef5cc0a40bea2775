namespace Praetor.Runtime;

/// <summary>
/// A background loop on a thread of its own with an inbox guarded by <see cref="Gate"/>. What arrives while the loop is busy forms
/// its next batch. If the loop dies, <paramref name="onDeath"/> hears of it; nothing is swallowed.
/// </summary>
internal abstract class LoopThread(string name, Action<Exception> onDeath) : IDisposable
{
    private readonly ThreadParker _parker = new();
    private Thread? _thread;

    /// <summary>Guards the inbox. Whoever puts something in wakes the loop afterwards (<see cref="Wake"/>), when the gate is free again.</summary>
    protected object Gate { get; } = new();

    /// <summary>Set under <see cref="Gate"/> when the loop is to end.</summary>
    protected bool Stopping { get; private set; }

    /// <summary>Starts the thread.</summary>
    public void Start()
    {
        _thread = new Thread(Run) { Name = name, IsBackground = true };
        _thread.Start();
    }

    /// <summary>Asks the loop to end and waits until it has.</summary>
    public void Dispose()
    {
        lock (Gate)
            Stopping = true;
        Wake();
        if (_thread is { } thread && thread != Thread.CurrentThread)
            thread.Join();
    }

    /// <summary>Tells the loop that there is something in the inbox. Any thread.</summary>
    protected void Wake() => _parker.Unpark();

    /// <summary>Leaves <see cref="Gate"/>, sleeps until something has arrived, or for so many milliseconds, and takes the gate again. May return early.</summary>
    /// <returns>False if the time has passed.</returns>
    protected bool Sleep(int milliseconds = Timeout.Infinite)
    {
        Monitor.Exit(Gate);
        try
        {
            return _parker.Park(milliseconds);
        }
        finally
        {
            Monitor.Enter(Gate);
        }
    }

    /// <summary>The loop's body: returns when <see cref="Stopping"/> is set.</summary>
    protected abstract void Loop();

    private void Run()
    {
        try
        {
            Loop();
        }
#pragma warning disable CA1031 // Whatever kills a loop must reach its owner; a swallowed death would leave a zombie server.
        catch (Exception cause)
#pragma warning restore CA1031
        {
            onDeath(cause);
        }
    }
}
