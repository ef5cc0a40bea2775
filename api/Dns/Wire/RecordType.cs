namespace Praetor.Api.Dns.Wire;

/// <summary>Record and question types that have a meaning here (IANA numbers). Any other 16-bit value may appear in a question.</summary>
public enum RecordType : ushort
{
    /// <summary>No type.</summary>
    None = 0,

    /// <summary>IPv4 address.</summary>
    A = 1,

    /// <summary>Name server.</summary>
    Ns = 2,

    /// <summary>Alias.</summary>
    Cname = 5,

    /// <summary>Start of authority.</summary>
    Soa = 6,

    /// <summary>Reverse name.</summary>
    Ptr = 12,

    /// <summary>Mail exchange.</summary>
    Mx = 15,

    /// <summary>Text.</summary>
    Txt = 16,

    /// <summary>IPv6 address.</summary>
    Aaaa = 28,

    /// <summary>Service location (RFC 2782).</summary>
    Srv = 33,

    /// <summary>EDNS0 pseudo record (RFC 6891).</summary>
    Opt = 41,

    /// <summary>Delegation signer.</summary>
    Ds = 43,

    /// <summary>Whole-zone transfer; always refused with NOTIMP.</summary>
    Axfr = 252,

    /// <summary>Any type.</summary>
    Any = 255,
}

/// <summary>Response codes in use (RFC 1035 4.1.1).</summary>
public enum ResponseCode : byte
{
    /// <summary>NOERROR.</summary>
    NoError = 0,

    /// <summary>FORMERR.</summary>
    FormatError = 1,

    /// <summary>SERVFAIL.</summary>
    ServerFailure = 2,

    /// <summary>NXDOMAIN.</summary>
    NameError = 3,

    /// <summary>NOTIMP.</summary>
    NotImplemented = 4,

    /// <summary>REFUSED.</summary>
    Refused = 5,
}
