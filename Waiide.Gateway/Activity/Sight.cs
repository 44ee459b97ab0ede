namespace Waiide.Gateway.Activity;

/// <summary>What can be seen of a server that may mean that it is in use.</summary>
internal enum Sight
{
    /// <summary>Something of a browser or a program came through: a keep-alive, a picture, a poll.</summary>
    Traffic,

    /// <summary>A person did something: typed, clicked, opened a page.</summary>
    Person,

    /// <summary>A person's processes worked.</summary>
    Work,
}
