"""The title of the window tells the pages of a project apart, and names the house once."""

from lxml import html

from perfflow.process import P


def test_every_page_of_a_project_has_a_title_of_its_own(make, client_for):
    play = make.project(P.RECTIFYING)
    client = client_for(make["supervisor"])
    first = client.get(f"/projects/{play.id}")

    titles = [title(client.get(tab)) for tab in first.tree.xpath("//ul[@class='tabs']//a/@href")]

    assert len(set(titles)) == len(titles) > 4
    assert all(one.count("绩效办理") == 1 for one in titles)


def test_forms_name_the_house_once(make, client_for):
    play = make.project()

    for address in ("/projects/new", f"/projects/{play.id}/declaration"):
        assert title(client_for(make["unit"]).get(address)).count("绩效办理") == 1
    assert title(client_for(make["supervisor"]).get("/projects/register")).count("绩效办理") == 1


def title(page) -> str:
    return html.fromstring(page.answer.get_data(as_text=True)).xpath("string(//title)")
