namespace Interop;

// The server under test, as one binding talks to it.
internal sealed class Peer
{
    private readonly Binding _binding;
    private readonly Uri _url, _via;

    public Peer(Binding binding, Uri url, Uri via) => (_binding, _url, _via) = (binding, url, via);

    public bool Ordered => _binding.CreateBindingElements().Find<ReliableSessionBindingElement>().Ordered;

    public T Open<T>() where T : class
    {
        T proxy = new ChannelFactory<T>(_binding).CreateChannel(new EndpointAddress(_url), _via);
        ((IClientChannel)proxy).Open();
        return proxy;
    }

    // A session from its opening to its clean end, after which all messages have arrived.
    public void InSession<T>(Action<T> use) where T : class
    {
        T proxy = Open<T>();
        try
        {
            use(proxy);
            ((IClientChannel)proxy).Close();
        }
        finally
        {
            ((IClientChannel)proxy).Abort();  // nothing where it is closed already
        }
    }
}
