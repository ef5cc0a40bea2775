using System.Runtime.InteropServices;

namespace Praetor.Runtime;

/// <summary>
/// Lets one thread sleep until another wakes it. A wake-up that comes first is kept, and several are one. On Linux a word that the kernel watches (futex(2)): the sleeper takes part in no lock,
/// so waking costs one system call if it sleeps and none if it does not, where a monitor's wait costs three and up to three switches of threads.
/// </summary>
internal sealed unsafe partial class ThreadParker
{
    private const int Awake = 0;
    private const int Woken = 1;
    private const int Asleep = -1;

    private const int FutexWaitPrivate = 128;
    private const int FutexWakePrivate = 129;

    /// <summary>The number of futex(2); 0 where there is none, or where it is not known.</summary>
    private static readonly long s_futex = !OperatingSystem.IsLinux() ? 0 : RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 202,
        Architecture.Arm64 => 98,
        _ => 0,
    };

    // Pinned, and alone in its cache lines.
    private readonly int[] _words = GC.AllocateArray<int>(32, pinned: true);

    private ref int State => ref _words[16];

    /// <summary>Sleeps until woken, for at most so many milliseconds; <see cref="Timeout.Infinite"/> for ever. May return early. Only the thread that owns this.</summary>
    /// <returns>False if the time has passed and nobody woke.</returns>
    public bool Park(int milliseconds = Timeout.Infinite)
    {
        if (s_futex == 0)
            ParkOnMonitor(milliseconds);
        else if (Interlocked.CompareExchange(ref State, Asleep, Awake) != Woken)
        {
            var timeout = new TimeSpec { Seconds = milliseconds / 1000, Nanoseconds = milliseconds % 1000 * 1_000_000L };
            fixed (int* word = &State)
                Call(s_futex, word, FutexWaitPrivate, Asleep, milliseconds < 0 ? null : &timeout, null, 0);
        }

        return Interlocked.Exchange(ref State, Awake) == Woken;
    }

    /// <summary>Wakes the thread, or lets its next sleep end at once. Any thread.</summary>
    public void Unpark()
    {
        if (Interlocked.Exchange(ref State, Woken) != Asleep)
            return;
        if (s_futex == 0)
        {
            lock (_words)
                Monitor.Pulse(_words);
            return;
        }

        fixed (int* word = &State)
            Call(s_futex, word, FutexWakePrivate, 1, null, null, 0);
    }

    private void ParkOnMonitor(int milliseconds)
    {
        // The waker pulses within the lock: it cannot come between the look at the state and the wait.
        lock (_words)
        {
            if (Interlocked.CompareExchange(ref State, Asleep, Awake) != Woken)
                Monitor.Wait(_words, milliseconds);
        }
    }

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial long Call(long number, int* word, long operation, long value, TimeSpec* timeout, int* second, long third);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
