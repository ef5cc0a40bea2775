namespace Praetor.Tests;
public class SmokeTest { [Fact] public void One_is_one() => Assert.Equal(1, 1); }
