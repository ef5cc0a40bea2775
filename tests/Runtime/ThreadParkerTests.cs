using Praetor.Runtime;

namespace Praetor.Tests.Runtime;

/// <summary>No wake-up is lost, whichever side comes first.</summary>
public class ThreadParkerTests
{
    private readonly ThreadParker _parker = new();

    [Fact]
    public void A_wake_up_that_comes_first_is_kept_once()
    {
        _parker.Unpark();
        _parker.Unpark();
        Assert.True(_parker.Park());
        Assert.False(_parker.Park(1));
    }

    [Fact]
    public void Nobody_woke_when_the_time_has_passed()
    {
        Assert.False(_parker.Park(1));
        Assert.False(_parker.Park(0));
    }

    [Fact]
    public void A_sleeping_thread_is_woken()
    {
        bool woken = false;
        var sleeper = new Thread(() =>
        {
            while (!_parker.Park())
            {
            }

            woken = true;
        });
        sleeper.Start();
        _parker.Unpark();
        Assert.True(sleeper.Join(TimeSpan.FromSeconds(30)));
        Assert.True(woken);
    }

    [Fact]
    public void A_hundred_thousand_handovers_there_and_back_lose_none()
    {
        var back = new ThreadParker();
        const int rounds = 100_000;
        int ball = 0;
        var other = new Thread(() =>
        {
            for (int i = 0; i < rounds; i++)
            {
                while (Volatile.Read(ref ball) != 2 * i + 1)
                    _parker.Park();
                Volatile.Write(ref ball, 2 * i + 2);
                back.Unpark();
            }
        });
        other.Start();
        for (int i = 0; i < rounds; i++)
        {
            Volatile.Write(ref ball, 2 * i + 1);
            _parker.Unpark();
            while (Volatile.Read(ref ball) != 2 * i + 2)
                back.Park();
        }

        Assert.True(other.Join(TimeSpan.FromSeconds(30)));
    }
}
