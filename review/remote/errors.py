"""What can go wrong with another server. Each message is for people and quotes no text and no key."""


class RemoteError(Exception):
    """A server gave no usable answer."""


class TextRefused(RemoteError):
    """The server will never judge this text, such as one too long for it; asking again is of no use."""


class EndpointRefused(RemoteError):
    """Nothing that is sent there will be answered: the address, key or model is wrong, or the service is no more."""


class Unavailable(RemoteError):
    """No answer in spite of every attempt; a later one may succeed."""


class BadAnswer(RemoteError):
    """The server answered something else than its interface says."""


class Stopped(RemoteError):
    """The caller wants no more answers."""
